import { describe, expect, it } from '@jest/globals';
import { buildArguments, dockerEnvironment } from '../src/docker-env.ts';

describe('dockerEnvironment', () => {
  it('is the one of the job without the inputs', () => {
    const env = { PATH: '/bin', 'INPUT_REGISTRY-PASSWORD': 'secret', DOCKER_HOST: 'tcp://d' };
    expect(dockerEnvironment(env)).toEqual({ PATH: '/bin', DOCKER_HOST: 'tcp://d' });
  });
});

describe('buildArguments', () => {
  const env = { PATH: '/bin', NODE_ENV: 'test', HTTP_PROXY: 'http://proxy' };

  it.each([
    ['NODE_ENV', 'production'],
    ['npm_token', 'a=b "c"'],
    ['EMPTY', ''],
    ['GITHUB_TOKEN', 'x'],
    ['GOVERSION', '1.26'],
    ['PATHS', 'x'],
    // The same value as in the environment changes nothing.
    ['HTTP_PROXY', 'http://proxy'],
  ])('passes %s by its name alone, out of the sight of ps', (name, value) => {
    const { args, env: changed } = buildArguments(new Map([[name, value]]), env);
    expect(args).toEqual(['--build-arg', name]);
    expect(changed).toEqual({ ...env, [name]: value });
  });

  it.each([
    ['PATH', '/other'],
    ['HOME', '/other'],
    ['DOCKER_HOST', 'tcp://other'],
    ['BUILDKIT_SYNTAX', 'docker/dockerfile:1'],
    ['BUILDX_BUILDER', 'other'],
    ['HTTP_PROXY', 'http://other'],
    ['https_proxy', 'http://other'],
    ['LD_PRELOAD', 'other.so'],
    ['GODEBUG', 'x=1'],
  ])('never changes docker itself: %s', (name, value) => {
    const { args, env: changed } = buildArguments(new Map([[name, value]]), env);
    expect(args).toEqual(['--build-arg', `${name}=${value}`]);
    expect(changed).toEqual(env);
  });
});
