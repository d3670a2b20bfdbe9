import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Is loaded before an action: writes down which of its files Node reads.
const list = process.env['SLIPWAY_BENCH_LOADED'];
registerHooks({
  load(url, context, next) {
    if (list && url.startsWith('file:') && url !== import.meta.url)
      appendFileSync(list, `${url}\n`);
    return next(url, context);
  },
});
