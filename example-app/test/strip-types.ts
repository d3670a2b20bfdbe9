import { stripTypeScriptTypes } from 'node:module';

/**
 * Jest's transformer: removes the types the way Node does when it runs a `.ts` file, so tests run
 * the code that production runs. Blanks take the place of types, hence positions stay true.
 */
export default {
  process: (source: string) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
