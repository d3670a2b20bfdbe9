import { BadInput, type Input } from '@slipway/shared/action/input';

const example = 'storage/';

/** A line of input `shared`: a path inside the release, a folder ends in a slash. */
export const sharedPath: Input<string> = {
  example,
  parse(value) {
    const parts = value.replace(/\/$/, '').split('/');
    if (value.startsWith('/') || value.startsWith('-') || parts.includes('..')) {
      throw new BadInput(`is not a path inside the release: ${value}`, example);
    }
    if (parts.includes('') || parts.includes('.')) {
      throw new BadInput(`is not written in the shortest way: ${value}`, example);
    }
    return value;
  },
};

/**
 * What is wrong with the paths together. A path is linked to its place below `shared/`; what is
 * linked has everything that is in it, so no other path may lie in it.
 * @param ownEnv whether the action writes `.env`, which must not replace a shared one
 */
export function sharedProblem(paths: readonly string[], ownEnv: boolean): string | undefined {
  const names = paths.map((path) => path.replace(/\/$/, ''));
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) return `names ${name} twice`;
    const outer = names.find((other) => name.startsWith(`${other}/`));
    if (outer !== undefined) {
      return `names ${paths[index]}, which lies in ${paths[names.indexOf(outer)]}; name one of them`;
    }
  }
  if (ownEnv && names.includes('.env')) {
    return 'names .env, which inputs env and secrets write; keep the values in one of the two places';
  }
  return undefined;
}
