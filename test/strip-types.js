import { stripTypeScriptTypes } from 'node:module';

/** Jest transformer: Node's own type stripping keeps lines and columns, so no source map is needed. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
