import type { Files } from '../oci/archive.ts';

/** A package of an image that no one has installed, but that Trivy takes as installed. */
export type Package =
  /** @param folder under which `node_modules` is; default `app` */
  | { npm: string; version: string; license?: string; folder?: string }
  /** @param source the Debian source package, which advisories are about; default: the same name */
  | { debian: string; version: string; source?: string };

/**
 * The files of planted packages, for an image or for a `COPY` on top of another image: an entry of
 * its own for each Debian package, as distroless images have them, and a `package.json` for each
 * of npm.
 */
export function packageFiles(packages: readonly Package[]): Files {
  return Object.fromEntries(packages.map(packageFile));
}

function packageFile(planted: Package): [path: string, content: string] {
  if ('npm' in planted) {
    const { npm: name, version, license = 'MIT', folder = 'app' } = planted;
    return [
      `${folder}/node_modules/${name}/package.json`,
      `${JSON.stringify({ name, version, license }, undefined, 2)}\n`,
    ];
  }
  const { debian: name, version, source = name } = planted;
  return [
    `var/lib/dpkg/status.d/${name}`,
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Priority: optional',
      'Section: libs',
      'Maintainer: Nobody <nobody@example.com>',
      'Architecture: amd64',
      ...(source === name ? [] : [`Source: ${source}`]),
      `Version: ${version}`,
      'Description: planted for a test',
      '',
    ].join('\n'),
  ];
}
