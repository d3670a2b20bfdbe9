import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accessibilityFaults, type OpenBrowser, openBrowser } from '@slipway/local-cloud/browser';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

test('what goes wrong in a page is told, and that of another tab is not', async () => {
  await using tab = await browser.open();
  await using other = await browser.open();
  await tab.page.goto(
    asPage(`<img src="http://127.0.0.1:9/picture.png" alt="picture"><script>
      console.warn('careful'); queueMicrotask(() => { throw new Error('lost'); });</script>`),
  );
  await other.page.goto(asPage('<p>quiet'));

  expect(tab.troubles).toEqual(
    expect.arrayContaining([
      'warning: careful',
      'uncaught: lost',
      'GET http://127.0.0.1:9/picture.png: net::ERR_UNSAFE_PORT',
    ]),
  );
  expect(other.troubles).toEqual([]);
});

test('axe says which element is at fault, under a policy that allows no script', async () => {
  await using tab = await browser.open();
  await tab.page.goto(
    asPage(`<html lang="en"><meta http-equiv="Content-Security-Policy" content="default-src 'none'">
      <title>page</title><main><h1>Page</h1><img src="data:," id="mute"></main>`),
  );

  const faults = await accessibilityFaults(tab.page);

  expect(faults).toEqual([expect.stringMatching(/^image-alt: .+: #mute: /)]);
});

function asPage(html: string): string {
  return `data:text/html,${encodeURIComponent(html)}`;
}
