// Generated from action.yml by `make generate`.

/** Inputs and outputs of semver-tag, as action.yml declares them. */
export const manifest = {
  name: 'semver-tag',
  inputs: {
    mode: { required: false, default: 'release' },
    prefix: { required: false, default: 'v' },
    'initial-version': { required: false, default: '0.1.0' },
    'zero-major': { required: false, default: 'keep' },
    'no-bump': { required: false, default: 'skip' },
    bump: { required: false, default: 'auto' },
    channel: { required: false, default: 'rc' },
    range: { required: false, default: '' },
    paths: { required: false, default: '' },
    'expect-version': { required: false, default: '' },
    sha: { required: false, default: '' },
    'moving-tags': { required: false, default: 'none' },
    release: { required: false, default: 'none' },
    assets: { required: false, default: '' },
    tagger: { required: false, default: 'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>' },
    'signing-key': { required: false, default: '' },
    timeout: { required: false, default: '5m' },
    token: { required: false, default: '' },
  },
  outputs: [
    'version',
    'tag',
    'previous-tag',
    'bump',
    'created',
    'sha',
    'superseded-by',
    'notes',
    'release-url',
    'reason',
  ],
} as const;
