import { Failure } from '@slipway/shared/failure/failure';
import type { HostAddress } from '../ssh/address.ts';
import { quote } from '../ssh/shell.ts';
import { isReleaseId, type ReleaseId } from './release-id.ts';

/** What `current` is before a run, whoever made it. */
export interface CurrentLink {
  /** Where it points; undefined where there is none. */
  target: string | undefined;
  /** Whether something is there. */
  leadsSomewhere: boolean;
  /** It is no link, but a folder or a file. */
  blocked: boolean;
}

/** Prints what {@link readCurrentLink} reads; runs in the deployment's folder, needs `printed`. */
export const currentScript = `if [ -L current ]; then
  readlink current | printed current
  if [ -e current ]; then echo yes | printed leads; fi
elif [ -e current ]; then echo yes | printed blocked; fi`;

/** Reads what {@link currentScript} printed. */
export function readCurrentLink(texts: ReadonlyMap<string, string>): CurrentLink {
  return {
    target: texts.get('current'),
    leadsSomewhere: texts.has('leads'),
    blocked: texts.has('blocked'),
  };
}

/** The release that `current` points to; undefined when it points to anything else. */
export function readCurrent(texts: ReadonlyMap<string, string>): ReleaseId | undefined {
  const [folder, id = '', ...more] = texts.get('current')?.split('/') ?? [];
  return folder === 'releases' && isReleaseId(id) && more.length === 0 ? id : undefined;
}

/**
 * Ends a deployment where `current` is a folder or a file of somebody's: it could neither be switched
 * at once nor be put back.
 * @throws Failure `ssh/current`
 */
export function mustBeLink({ blocked }: CurrentLink, path: string, { host }: HostAddress): void {
  if (blocked) throw Failure.of('ssh/current', { host, path });
}

/** Points `current` at a release, atomically. Runs in the deployment's folder. */
export function switchScript(id: ReleaseId): string {
  return `ln -sfn ${quote(`releases/${id}`)} .slipway/next
mv -T .slipway/next current`;
}

/** Puts `current` back as it was, atomically. Runs in the deployment's folder. */
export function putLinkBackScript({ target }: CurrentLink): string {
  return target === undefined
    ? 'rm -f current'
    : `ln -sfn -- ${quote(target)} .slipway/next\nmv -T .slipway/next current`;
}
