import { isAbsolute, parse as partsOf, resolve } from 'node:path';
import { BadInput, type Input, lines, text } from '@slipway/shared/action/input';
import { found, isFile, leadsInside, realPathIn } from '@slipway/shared/action/path-input';
import { type ImageReference, parseReference } from '@slipway/shared/image/reference';
import { referenceInput } from '@slipway/shared/image/reference-input';

export const exampleImage = 'ghcr.io/owner/app@sha256:0123…';
const publicMirrors = [
  'mirror.gcr.io/aquasec/trivy-db:2',
  'ghcr.io/aquasecurity/trivy-db:2',
  'public.ecr.aws/aquasecurity/trivy-db:2',
];

/** The database where nobody names one. */
export function publicDatabase(): { mirrors: ImageReference[] } {
  return { mirrors: publicMirrors.map((one) => parseReference(one)) };
}

/** An image by tag or digest. */
export const imageReference: Input<ImageReference> = {
  example: exampleImage,
  parse: (value) => referenceInput(value, exampleImage),
};

const mirrorExample = 'https://mirror.example.com/trivy/{version}/{archive}';
/** Where an archive may be downloaded, with its parts to be filled in. */
export const mirror: Input<string> = {
  example: mirrorExample,
  parse(value) {
    const filled = value.replace(/[{}]/g, '');
    const url = URL.canParse(filled) ? new URL(filled) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new BadInput(`is not an http(s) address: ${value}`, mirrorExample);
    }
    if (url.username || url.password) throw new BadInput('carries credentials', mirrorExample);
    return value;
  },
};

/** References of mirrors, or one folder: a path that begins with a dot or a slash. */
export function databaseSource(
  workspace: string,
): Input<{ folder: string } | { mirrors: ImageReference[] }> {
  const example = publicMirrors[0] ?? '';
  const items = lines({ ...text, example });
  return {
    ...items,
    parse(value) {
      const given = items.parse(value);
      const [first = ''] = given;
      if (!/^[./]/.test(first) && !/^[A-Za-z]:\\/.test(first)) {
        if (given.length === 0) throw new BadInput('names nothing', example);
        return { mirrors: given.map((one) => referenceInput(one, example)) };
      }
      if (given.length > 1) throw new BadInput('has more than one folder', './trivy-cache');
      // A folder of the machine is the workflow's own word; one of the repository may be a link.
      const elsewhere = isAbsolute(first) && !leadsInside(workspace, first);
      const roots = elsewhere ? [first] : [workspace];
      return { folder: found(roots, first, { kind: 'folder', example: './trivy-cache' }) };
    },
  };
}

/** A folder outside of the workspace, whose content a checkout could bring. */
export function cacheFolder(workspace: string): Input<string> {
  const example = '/var/cache/slipway';
  const real = (path: string) => realPathIn([partsOf(path).root], path) ?? path;
  return {
    example,
    parse(value) {
      const folder = resolve(workspace, value);
      if (leadsInside(workspace, folder) || leadsInside(real(workspace), real(folder))) {
        throw new BadInput(`is inside the workspace: ${value}`, example);
      }
      return folder;
    },
  };
}

/**
 * A file that is there, else an image.
 * @param roots folders of the job, the workspace first
 */
export function baseline(
  roots: readonly string[],
): Input<{ kind: 'file'; path: string; shown: string } | { kind: 'image'; image: ImageReference }> {
  return {
    parse(value) {
      const path = realPathIn(roots, value);
      const named = path === undefined || isFile(path) || /^[./]|\.json$/.test(value);
      if (named) {
        const there = found(roots, value, { kind: 'file', example: 'baseline.json' });
        return { kind: 'file', path: there, shown: value };
      }
      const image = referenceInput(value, exampleImage);
      if (!image.digest && !image.tag) {
        throw new BadInput(
          `is neither a file that is there nor an image by digest: ${value}`,
          exampleImage,
        );
      }
      return { kind: 'image', image };
    },
  };
}
