// The page of the example app as a browser shows it: one app and one Chromium for the whole file. Time
// within a page is the test's, so that nothing waits for the next question to the app.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  accessibilityFaults,
  type OpenBrowser,
  openBrowser,
  type Page,
  type Tab,
} from '../../packages/local-cloud/src/browser.ts';
import { type ExampleApp, startExampleApp } from '../../packages/local-cloud/src/example-app.ts';

const release = { APP_VERSION: '1.4.0', APP_COMMIT: 'a'.repeat(40), ENVIRONMENT: 'staging' };
const charts = ['Requests', 'Errors', 'Latency', 'In flight', 'Memory', 'Event loop'];
const quiet = { LOG_LEVEL: 'silent', RATE_LIMIT: '0' };

let app: ExampleApp;
let browser: OpenBrowser;
beforeAll(async () => {
  [app, browser] = await Promise.all([startExampleApp({ ...release, ...quiet }), openBrowser()]);
  await untilTrafficShows(app.url);
});
afterAll(async () => {
  await Promise.all([app, browser].map((thing) => thing[Symbol.asyncDispose]()));
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([390, 1280])('at %i px it has all, and nothing that is wrong', async (width) => {
    await using tab = await browser.open({ viewport: { width, height: 844 }, colorScheme });
    const { page, troubles } = tab;
    await openPage(tab);

    expect(await factsOf(page)).toMatchObject({
      Version: '1.4.0',
      Commit: 'a'.repeat(40),
      Environment: 'staging',
    });
    expect(await page.getByRole('listitem').getByRole('heading').allTextContents()).toEqual(charts);
    await page.getByText('The same in figures').click();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(troubles).toEqual([]);
  });
});

test('the charts are drawn with data, which are there as words and as a table as well', async () => {
  await using tab = await browser.open();
  const { page } = tab;
  await openPage(tab);

  for (const name of charts) {
    const card = page.getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });
    const text = await card.getByRole('img').getAttribute('aria-label');
    expect([name, text]).toEqual([
      name,
      expect.stringMatching(/: now .+ in the last five minutes\.$/),
    ]);
  }

  const drawn = await colouredPixels(page);
  expect(drawn.map((pixels) => pixels > 5)).toEqual(charts.map(() => true));

  await page.getByText('The same in figures').click();
  const rows = await page.locator('tbody tr').allInnerTexts();
  expect(rows).toEqual([
    expect.stringMatching(/^Requests\t[\d.,]+\/s\t[\d.,]+\/s\t[\d.,]+\/s\t[1-9][\d.,]*\/s$/),
    expect.stringMatching(/^Errors \(5xx\)\t0\/s\t0\/s\t0\/s\t0\/s$/),
    expect.stringMatching(/^Latency, median\t(?:–|[\d.]+ ms)\t[\d.]+ ms\t[\d.]+ ms\t[\d.]+ ms$/),
    expect.stringMatching(/^Latency, 95th percentile\t.+ ms$/),
    expect.stringMatching(/^Requests in flight, at most\t\d+\t\d+\t[\d.]+\t[1-9]\d*$/),
    expect.stringMatching(/^Memory\t\d+ MB\t\d+ MB\t\d+ MB\t\d+ MB$/),
    expect.stringMatching(/^Event loop\t[\d.]+ %\t[\d.]+ %\t[\d.]+ %\t[\d.]+ %$/),
  ]);
});

test('it asks while somebody looks: not when hidden, not when paused, seldom with less motion', async () => {
  await using tab = await browser.open({ reducedMotion: 'no-preference' });
  const { page } = tab;
  const asked = questions(page);
  await page.clock.install({ time: 0 });
  await openPage(tab);
  await page.clock.pauseAt(60_000); // else time goes on beside what the test lets pass

  expect(await asked.during(10)).toBeGreaterThanOrEqual(4);

  await hide(page, true);
  expect(await asked.during(60)).toBe(0);
  await hide(page, false);
  expect(await asked.during(10)).toBeGreaterThanOrEqual(4);

  await page.getByRole('button', { name: 'Pause' }).click();
  expect(await asked.during(60)).toBe(0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await asked.during(4);
  expect(await asked.during(20)).toBe(2);
});

test.each([
  ['that has not looked at itself yet', () => []],
  ['that has once', (times: number[]) => times.slice(0, 1)],
  ['whose clock was set meanwhile', (times: number[]) => [0, ...times].slice(0, times.length)],
])('an app %s is drawn as well', async (_, change) => {
  await using tab = await browser.open();
  const { page, troubles } = tab;
  await page.route('**/api/status', async (route) => {
    const response = await route.fetch();
    const status: { times: number[] } = await response.json();
    const times = change(status.times);
    const cut = (value: unknown) => (Array.isArray(value) ? value.slice(0, times.length) : value);
    const entries = Object.entries(status).map(([key, value]) => [key, cut(value)]);
    await route.fulfill({ json: { ...Object.fromEntries(entries), times } });
  });
  await openPage(tab);
  expect(await page.getByRole('status').textContent()).toBe('Up and running');
  expect(troubles).toEqual([]);
});

test('its policy lets no script run that stands in a page', async () => {
  await using tab = await browser.open();
  const { page, troubles } = tab;
  const answer = await page.goto(app.url);
  expect(answer?.headers()['content-security-policy']).not.toContain('unsafe');

  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))`,
  );

  expect(await page.evaluate('window.ran')).toBeUndefined();
  expect(troubles).toEqual([expect.stringMatching(/inline script.+Content Security Policy/)]);
});

test('without JavaScript it has the facts, and says where the figures are', async () => {
  await using tab = await browser.open({ javaScriptEnabled: false });
  const { page, troubles } = tab;
  await page.goto(app.url);

  expect(await factsOf(page)).toMatchObject({ Version: '1.4.0', Environment: 'staging' });
  expect(await page.locator('noscript p').isVisible()).toBe(true);
  expect(await page.getByText('Last five minutes').isVisible()).toBe(false);
  expect(troubles).toEqual([]);
});

test('a page that stays open says that the app is gone, and then shows the next release', async () => {
  await using first = await startExampleApp({ ...quiet, APP_VERSION: '1.4.0' });
  await using tab = await browser.open();
  const { page } = tab;
  await page.clock.install();
  await openPage(tab, first.url);
  const state = page.getByRole('status');
  expect(await state.textContent()).toBe('Up and running');

  await first[Symbol.asyncDispose]();
  await page.clock.runFor(4000);
  await state.getByText('No answer').waitFor();
  await using _second = await startExampleApp({ ...quiet, APP_VERSION: '1.5.0' }, first.port);
  await page.clock.runFor(4000);
  await state.getByText('Up and running').waitFor();

  expect(await factsOf(page)).toMatchObject({ Version: '1.5.0' });
});

/** Sends requests until the app has seen some in an interval of its own. */
async function untilTrafficShows(url: string): Promise<void> {
  for (;;) {
    await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/info`)));
    const { requestsPerSecond } = JSON.parse(await (await fetch(`${url}/api/status`)).text());
    if (requestsPerSecond.filter((rate: number) => rate > 0).length >= 2) return;
  }
}

/** Opens the page and waits for its first figures. */
async function openPage({ page }: Tab, url = app.url): Promise<void> {
  await page.goto(url);
  await page.locator('tbody tr').first().waitFor({ state: 'attached' });
}

async function factsOf(page: Page): Promise<Record<string, string>> {
  const [labels, values] = [page.locator('dt'), page.locator('dd')];
  const texts = await values.allTextContents();
  return Object.fromEntries(
    (await labels.allTextContents()).map((label, at) => [label, texts[at] ?? '']),
  );
}

/** Of each canvas, how many pixels are of a line: those that are no shade of grey, as text is. */
function colouredPixels(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`[...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, alpha] = data.subarray(at, at + 4);
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 100) found += 1;
    }
    return found;
  })`);
}

/** Counts the page's questions to the app while seconds pass within the page, each with time to answer. */
function questions(page: Page): { during(seconds: number): Promise<number> } {
  let asked = 0;
  const answers = new Set<Promise<unknown>>();
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/status')) return;
    asked += 1;
    answers.add(request.response().then((response) => response?.finished()));
  });
  const answered = async () => {
    await Promise.all(answers);
    answers.clear();
    // The page has what its browser has got once a task of its own is through.
    await page.evaluate('fetch("/health").then((response) => response.text())');
  };
  return {
    async during(seconds) {
      await answered();
      const before = asked;
      for (let second = 0; second < seconds; second += 1) {
        await page.clock.runFor(1000);
        await answered();
      }
      return asked - before;
    },
  };
}

// A headless browser holds every tab for visible, so the page is told.
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
     document.dispatchEvent(new Event('visibilitychange'))`,
  );
}
