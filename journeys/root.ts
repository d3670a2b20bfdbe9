import { join } from 'node:path';

/** Folder of this checkout. */
export const root = join(import.meta.dirname, '..');
