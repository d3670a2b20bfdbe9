import { BadInput, type Input } from '@slipway/shared/action/input';

declare const known: unique symbol;

/**
 * A release's name: the UTC time to the millisecond and the start of the commit; sorts by age. Only
 * {@link releaseId} and {@link isReleaseId} give one out, so that a text that a host has printed, or
 * that somebody has written, is no name before it was checked.
 */
export type ReleaseId = string & { readonly [known]: true };

/** What a name looks like; an extended regular expression, for bash and grep too. */
export const releasePattern = '[0-9]{8}-[0-9]{9}(-[0-9a-f]{7})?';

const whole = new RegExp(`^${releasePattern}$`);
const example = '20261121-093000123-0123456';

/** Whether a text is the name of a release. */
export function isReleaseId(text: string): text is ReleaseId {
  // `$` of an expression without the flag m is the very end.
  return whole.test(text);
}

/** Names the release of a commit; without the commit where that is none. */
export function releaseId(now: number, commit: string): ReleaseId {
  const time = new Date(now)
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');
  const id = /^[0-9a-f]{7}/.test(commit) ? `${time}-${commit.slice(0, 7)}` : time;
  if (!isReleaseId(id)) throw new Error(`${now} is no time that a release can have`);
  return id;
}

/** The release of a rollback by hand. */
export const oldRelease: Input<ReleaseId | 'previous'> = {
  example,
  parse(text) {
    if (text === 'previous' || isReleaseId(text)) return text;
    throw new BadInput('is neither previous nor the name of a release', example);
  },
};
