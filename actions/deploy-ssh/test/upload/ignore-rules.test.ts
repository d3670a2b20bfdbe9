import { describe, expect, it } from '@jest/globals';
import { ignoreRules } from '../../src/upload/ignore-rules.ts';

describe('an ignore file', () => {
  // https://docs.docker.com/build/concepts/context/#dockerignore-files
  it.each([
    ['node_modules', 'node_modules', true],
    ['node_modules', 'node_modules/a/b', true],
    ['node_modules', 'packages/a/node_modules', false],
    ['node_modules/', 'node_modules', true],
    ['/dist', 'dist', true],
    ['./dist', 'dist', true],
    ['dist//a', 'dist/a', true],
    ['**/node_modules', 'packages/a/node_modules/b', true],
    ['**/node_modules', 'node_modules', true],
    ['*.log', 'a.log', true],
    ['*.log', 'logs/a.log', false],
    ['*/*.log', 'logs/a.log', true],
    ['*/*.log', 'a/b/c.log', false],
    ['logs/**', 'logs/a/b', true],
    ['logs/**', 'logs', false],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['temp?', 'temp1', true],
    ['temp?', 'temp', false],
    ['[ab].txt', 'b.txt', true],
    ['*', 'a/b', true],
    ['*\n!src', 'src/index.js', false],
    ['*\n!src/index.js', 'src/index.js', false],
    ['*\n!src/index.js', 'src/other.js', true],
    ['*.md\n!README*.md\nREADME-secret.md', 'README.md', false],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
    ['!README.md\n*.md', 'README.md', true],
    ['# comment', '# comment', false],
    ['\uFEFFdist', 'dist', true],
    ['  dist  \r\nlib\r\n', 'dist', true],
    ['  dist  \r\nlib\r\n', 'lib', true],
    ['DIST', 'dist', false],
    ['c++', 'c++', true],
    ['(a)|b', '(a)|b', true],
    ['a b', 'a b', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['.', 'a', false],
    ['/', 'a', false],
    ['../a', 'a', false],
    ['', 'a', false],
    ['constructor', 'constructor', true],
    ['.env', '.env', true],
    ['new\\\nline', 'new\nline', false],
  ])('%j on %j: left out is %j', async (text, path, leftOut) => {
    expect((await ignoreRules(text)).inFolder()(path)).toBe(leftOut);
  });
});
