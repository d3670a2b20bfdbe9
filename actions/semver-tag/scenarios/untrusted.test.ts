import { expect, it } from '@jest/globals';
import { marked } from 'marked';
import { startWorld } from './world.ts';

const hostile = [
  'feat: ::error::owned',
  'feat: ##[error]owned',
  'fix: %0A::set-output name=version::9.9.9',
  'feat(x|y): | cell | <script>alert(1)</script> <img src=x onerror=alert(1)>',
  'fix: @octocat closes #1 and [link](https://evil.example) ![x](https://evil.example/x.png)',
  'feat!: ```\n\nBREAKING CHANGE: </details> @everyone\n::warning::owned\n\n::error::owned',
  'fix: \u001b[31mred\u001b[0m \u202etxt \u0007',
  '::add-mask::1',
  `fix: ${'long '.repeat(2_000)}`,
];

it('shows what commits say, and obeys none of it', async () => {
  await using world = await startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0');
    for (const message of hostile) history.commit(message);
  });
  const step = await world.run({ release: 'published' });
  expect(step.code).toBe(0);
  expect(step.errors).toEqual([]);
  expect(step.warnings).toEqual([]);
  expect(step.masks).toHaveLength(1);
  expect(Object.keys(step.outputs)).toHaveLength(10);
  expect(step.outputs).toMatchObject({ version: '2.0.0', bump: 'major' });
  const [release] = world.github.releases.all();
  for (const markdown of [step.summary, release?.body ?? '']) {
    const html = await marked.parse(markdown);
    expect(html).not.toMatch(/<script|<img|<\/details>|onerror=alert\(1\)>/);
    expect(html.match(/href="(?!http:\/\/127\.0\.0\.1)/g)).toBeNull();
    expect(markdown).not.toMatch(/(?:^|[^\w;>])@(?:octocat|everyone)/);
    expect(markdown).not.toMatch(/closes #1/);
  }
});
