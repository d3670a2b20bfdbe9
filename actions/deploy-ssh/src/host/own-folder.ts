import { printedFunction } from './printed.ts';

/**
 * Makes `.slipway` in the folder of a deployment, or repairs the permissions of an older one: only
 * the user who deploys may read it, write it or lock a file in it. Where that cannot be, the script
 * prints why, as `unwritable`, and ends. Defines `printed`.
 */
export function ownFolderScript(): string {
  return `${printedFunction}
if ! said=$(mkdir -m 700 .slipway 2>&1) && [ ! -d .slipway ]; then printf '%s' "$said" | printed unwritable; exit 0; fi
if [ -L .slipway ] || [ ! -O .slipway ]; then
  printf '.slipway in it belongs to another user, or is a link' | printed unwritable
  exit 0
fi
if [ "$(stat -c %a .slipway)" != 700 ]; then
  chmod 700 .slipway
  # Who has opened it before may still hold it.
  rm -f .slipway/busy
fi`;
}

/** Where Docker keeps a login while it pulls; removed with the lock at the latest. */
export const loginFolder = '.slipway/login';
