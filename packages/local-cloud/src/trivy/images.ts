import type { Files } from '../oci/archive.ts';
import type { Artifact } from '../oci/blob.ts';
import { makeImage } from '../oci/image.ts';
import { type Package, packageFiles } from './packages.ts';

/** What is in an image for Trivy to find; what it finds is in `advisories.ts`. */
export interface Contents {
  /** Debian release; 13 is supported for longer than anyone will ask, 9 no more. */
  debian: '13' | '9';
  /** Packages in the layer of the base image, and in the layer of the app. */
  base?: readonly Package[];
  app?: readonly Package[];
  /** More files in the layer of the app. */
  files?: Files;
  /** User of the container; default 1000. */
  user?: string;
}

const current = {
  base: [
    { debian: 'newssl', version: '4.0.0-1' },
    { debian: 'newzip', version: '2:1.0-3' },
  ],
  app: [{ npm: 'new-router', version: '9.1.0' }],
} as const satisfies Pick<Contents, 'base' | 'app'>;

/** CVE-2099-10001, CRITICAL, fixed in 1.2.4 */
export const oldRouter = { npm: 'old-router', version: '1.2.3' } as const satisfies Package;
/** CVE-2099-10002, HIGH, fixed in 3.0.1 */
export const oldParser = { npm: '@old/parser', version: '3.0.0' } as const satisfies Package;
/** GHSA-0ld0-temp-1ate, MEDIUM, without a fix and full of hostile text; also in its path */
export const oldTemplate = {
  npm: 'old-template',
  version: '0.1.0',
  folder: 'app/a|`b`<img src=x> @octocat ::error::x',
} as const satisfies Package;
/** CVE-2099-20001, CRITICAL, fixed, and CVE-2099-20002, HIGH, deferred; two binaries of a source */
export const oldSsl = [
  { debian: 'liboldssl3', source: 'oldssl', version: '3.0.1-1' },
  { debian: 'oldssl', version: '3.0.1-1' },
] as const satisfies Package[];
/** CVE-2099-20003, LOW, will not be fixed */
export const oldZip = { debian: 'oldzip', version: '1.0-1' } as const satisfies Package;
/** CVE-2099-20004, UNKNOWN, without a fix */
export const oldTar = { debian: 'oldtar', version: '0.9-1' } as const satisfies Package;

/** Must not be seen anywhere; put together here, so that no one takes this file for a leak. */
export const plantedSecret = ['gh', 'p_', '0123456789abcdefghijABCDEFGHIJ012345'].join('');
const secretFile = { 'app/.env': `# deploys the shop\nTOKEN=${plantedSecret}\n` } as const;
const rootDockerfile = {
  'app/Dockerfile': 'FROM debian:13\nUSER root\nCMD ["/bin/sh"]\n',
} as const;
const copyLeft = { npm: 'copy-left', version: '1.0.0', license: 'AGPL-3.0-only' } as const;

/** The images of the tests, by what is wrong with them. */
export const contents = {
  clean: { debian: '13' },
  /** What a baseline knows already. */
  baseline: { debian: '13', base: [oldZip], app: [oldParser] },
  /** The same image one commit later. */
  new: { debian: '13', base: [oldZip], app: [oldParser, oldRouter] },
  /** Everything that Trivy can find. */
  all: {
    debian: '13',
    base: [...oldSsl, oldZip, oldTar],
    app: [oldRouter, oldParser, oldTemplate, copyLeft],
    files: { ...secretFile, ...rootDockerfile },
    user: 'root',
  },
  'end-of-life': { debian: '9' },
  secret: { debian: '13', files: secretFile },
  license: { debian: '13', app: [copyLeft] },
  /** Runs as root, and has a Dockerfile in it that does. */
  misconfiguration: { debian: '13', user: 'root', files: rootDockerfile },
} as const satisfies Record<string, Contents>;

export type Variant = keyof typeof contents;

/** Makes an image of two layers, base and app; the same contents give the same digest. */
export async function plantedImage(variant: Variant | Contents): Promise<Artifact> {
  const {
    debian,
    base = [],
    app = [],
    files = {},
    user = '1000',
  }: Contents = typeof variant === 'string' ? contents[variant] : variant;
  return await makeImage(
    [
      {
        createdBy: 'COPY base / # buildkit',
        files: { ...releaseFiles(debian), ...packageFiles([...current.base, ...base]) },
      },
      { createdBy: 'CMD ["bash"]' },
      {
        createdBy: 'COPY app / # buildkit',
        files: { ...packageFiles([...current.app, ...app]), ...files },
      },
      { createdBy: `USER ${user}` },
      { createdBy: 'CMD ["node" "server.js"]' },
    ],
    { User: user, Cmd: ['node', 'server.js'], WorkingDir: '/app' },
  );
}

function releaseFiles(debian: Contents['debian']): Files {
  return {
    'etc/debian_version': `${debian}.1\n`,
    'etc/os-release': `ID=debian\nVERSION_ID="${debian}"\nPRETTY_NAME="Debian GNU/Linux ${debian}"\n`,
  };
}
