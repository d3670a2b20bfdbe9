import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { find } from './registry.ts';

export type { Page } from 'playwright-core';

/** A tab of its own: nothing is kept from another one. Disposing of it closes it. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong so far, in order: messages of the console, uncaught errors, requests that failed. */
  readonly troubles: readonly string[];
}

/** Chromium without a window; disposing of it ends it. */
export interface OpenBrowser extends AsyncDisposable {
  readonly version: string;
  open(options?: BrowserContextOptions): Promise<Tab>;
}

/** Starts the Chromium that `scripts/setup browser` has found. */
export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await chromium.launch({
    executablePath: find(['chromium']),
    // Root has no sandbox to give; any other user keeps it.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-dev-shm-usage'], // /dev/shm of a container is small
  });
  return {
    version: browser.version(),
    open: (options) => openTab(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openTab(browser: Browser, options?: BrowserContextOptions): Promise<Tab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) =>
    troubles.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`),
  );
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.url()}: ${response.status()}`);
  });
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
}

/**
 * What axe finds against WCAG 2.2 A and AA and its best practices, one line for each element: empty when
 * there is nothing. It runs in any page, whatever the page's policy on scripts.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) =>
      `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`.replaceAll(/\s+/g, ' '),
    ),
  );
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
