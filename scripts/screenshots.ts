// Takes the pictures of the example app's page that the documentation shows: the app runs as it is, and
// gets the requests that its charts show.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openBrowser } from '../packages/local-cloud/src/browser.ts';
import { startExampleApp } from '../packages/local-cloud/src/example-app.ts';

const seconds = Number(process.argv[2] ?? 90);
const folder = join(import.meta.dirname, '../docs/pictures');
mkdirSync(folder, { recursive: true });

await using app = await startExampleApp({
  APP_VERSION: '1.4.0',
  APP_COMMIT: '3f9c2d1e7ab0',
  ENVIRONMENT: 'staging',
  LOG_LEVEL: 'silent',
  RATE_LIMIT: '0',
});
const stop = new AbortController();
const traffic = Array.from({ length: 6 }, (_, at) => visit(at));
await delay(seconds * 1000);

await using browser = await openBrowser();
for (const width of [390, 1280]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await using tab = await browser.open({
      viewport: { width, height: 800 },
      colorScheme,
      reducedMotion: 'reduce',
    });
    const { page } = tab;
    await page.goto(app.url);
    await page.locator('tbody tr').first().waitFor({ state: 'attached' });
    const path = join(folder, `example-app-${width}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    console.log(`${path}: ${Math.round(statSync(path).size / 1000)} KB`);
  }
}
stop.abort();
await Promise.all(traffic);

/** Asks for one thing after the other, sometimes faster and sometimes slower. */
async function visit(at: number): Promise<void> {
  while (!stop.signal.aborted) {
    await fetch(`${app.url}${at === 0 ? '/' : '/api/info'}`).then((answer) => answer.text());
    const wave = 1 + Math.sin(Date.now() / 9000) * 0.6 + Math.sin(Date.now() / 2500) * 0.3;
    await delay(30 + 60 * wave + Math.random() * 30);
  }
}
