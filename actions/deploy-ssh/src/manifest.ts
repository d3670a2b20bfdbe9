// Generated from action.yml by `make generate`.

/** Inputs and outputs of deploy-ssh, as action.yml declares them. */
export const manifest = {
  name: 'deploy-ssh',
  inputs: {
    hosts: { required: true, default: '' },
    'private-key': { required: true, default: '' },
    passphrase: { required: false, default: '' },
    'known-hosts': { required: false, default: '' },
    path: { required: true, default: '' },
    mode: { required: false, default: 'compose' },
    source: { required: false, default: 'compose.yaml' },
    image: { required: false, default: '' },
    'registry-username': { required: false, default: '' },
    'registry-password': { required: false, default: '' },
    env: { required: false, default: '' },
    secrets: { required: false, default: '' },
    'health-url': { required: false, default: '' },
    'health-path': { required: false, default: '' },
    'health-status': { required: false, default: '200' },
    expect: { required: false, default: '' },
    timeout: { required: false, default: '10m' },
    rollback: { required: false, default: 'true' },
    'dry-run': { required: false, default: 'false' },
    keep: { required: false, default: '5' },
    'lock-timeout': { required: false, default: '10m' },
  },
  outputs: [
    'status',
    'url',
    'image',
    'previous-image',
    'reason',
    'duration',
    'release',
  ],
} as const;
