import { BadInput, fullLines, type Input, trim } from '@slipway/shared/action/input';
import { found } from '@slipway/shared/action/path-input';

/** Where manifests are. */
export type GivenManifests =
  | { readonly at: 'text'; readonly text: string }
  /** Real paths of files and folders in the workspace. */
  | { readonly at: 'paths'; readonly paths: readonly string[] };

export const manifestsExample = 'deploy/production';

/** Input `manifests`: paths, one a line, or the text itself, which has a key and a colon in its first line. */
export function manifestsInput(workspace: string): Input<GivenManifests> {
  return {
    example: manifestsExample,
    longest: 1024 * 1024,
    multiline: true,
    parse(value) {
      const [first = ''] = fullLines(value);
      if (/^(?:---|[[{]|%YAML|["']?[A-Za-z][\w-]*["']?[ \t]*:(?:[ \t]|$))/.test(first)) {
        return { at: 'text', text: value };
      }
      const paths = fullLines(value).map((line) =>
        found([workspace], trim(line), { kind: 'file or folder', example: manifestsExample }),
      );
      if (paths.length === 0) throw new BadInput('names nothing', manifestsExample);
      return { at: 'paths', paths };
    },
  };
}
