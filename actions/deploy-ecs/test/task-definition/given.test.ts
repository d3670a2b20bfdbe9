import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import { documentInput } from '@slipway/shared/document/document-input';
import { taskDefinitionInput } from '../../src/task-definition/given.ts';
import { readGivenDocuments } from '../../src/task-definition/read-given.ts';
import { arnOf } from './world.ts';

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'slipway-given-'));
  await writeFile(join(workspace, 'task.json'), '\ufeff{"family": "shop"}');
  await writeFile(join(workspace, 'shop'), 'family: shop\n');
  await writeFile(join(workspace, 'bytes.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  await writeFile(join(workspace, 'large.json'), ' '.repeat(300_000));
  await writeFile(join(workspace, 'cli.json'), '{"taskDefinition": {"family": "a"}, "tags": []}');
  await symlink('/etc/passwd', join(workspace, 'link.json'));
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

const parse = (value: string) => taskDefinitionInput(workspace).parse(value);
const read = (value: string) =>
  readGivenDocuments({ 'task-definition': parse(value), 'service-definition': undefined });

it.each([
  ['shop', 'shop'],
  ['shop:42', 'shop:42'],
  [arnOf('shop:3'), arnOf('shop:3')],
  [arnOf('shop'), arnOf('shop')],
])('%s is a task definition that ECS has', async (value, name) => {
  expect(await read(value)).toEqual({ taskDefinition: { name }, serviceDefinition: undefined });
});

it.each([
  ['a file', 'task.json', { family: 'shop' }],
  ['a file without an ending', './shop', { family: 'shop' }],
  ['JSON', '{"family": "shop"}', { family: 'shop' }],
  ['YAML', 'family: shop\ncpu: "256"\n', { family: 'shop', cpu: '256' }],
  ['what the AWS CLI prints', 'cli.json', { family: 'a', tags: [] }],
])('%s is a document', async (_, value, document) => {
  expect((await read(value)).taskDefinition).toEqual({ document });
});

it.each([
  ['a file that is not there', 'none.json', 'is a file that is not there: none.json'],
  ['a file outside', '../task.json', 'is not a file inside the workspace'],
  ['a link outside', 'link.json', 'is not a file inside the workspace'],
  ['a folder', '.', 'is a file that is not there'],
  ['a revision that is none', 'shop:latest', 'is neither a file nor a family with its revision'],
  ['revision 0', 'shop:0', 'is neither a file nor a family with its revision'],
  [
    'an ARN of something else',
    'arn:aws:ecs:eu-central-1:123456789012:service/shop',
    'is not the ARN',
  ],
  ['an address', 'https://example.com/task.json', 'is not a file but an address'],
])('%s is refused', (_, value, said) => {
  expect(() => parse(value)).toThrow(BadInput);
  expect(() => parse(value)).toThrow(said);
});

it('documents that are wrong are both named', async () => {
  const settings = {
    'task-definition': parse('bytes.json'),
    'service-definition': documentInput(workspace, 'deploy/service.json').parse('[]'),
  };
  await expect(readGivenDocuments(settings)).rejects.toMatchObject({
    code: 'action/input',
    message: [
      'Input task-definition names a file that is not UTF-8. Valid: deploy/task-definition.json',
      'Input service-definition is a list instead of an object. Valid: deploy/service.json',
    ].join('\n'),
  });
  await expect(read('large.json')).rejects.toThrow('names a file above 256 KiB');
});
