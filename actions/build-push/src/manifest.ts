// Generated from action.yml by `make generate`.

/** Inputs and outputs of build-push, as action.yml declares them. */
export const manifest = {
  name: 'build-push',
  inputs: {
    image: { required: true, default: '' },
    version: { required: false, default: '' },
    context: { required: false, default: '.' },
    file: { required: false, default: '' },
    target: { required: false, default: '' },
    platforms: { required: false, default: '' },
    'build-args': { required: false, default: '' },
    'build-secrets': { required: false, default: '' },
    labels: { required: false, default: '' },
    tags: { required: false, default: '' },
    cache: { required: false, default: 'none' },
    provenance: { required: false, default: 'false' },
    sbom: { required: false, default: 'false' },
    push: { required: false, default: 'true' },
    'move-tags': { required: false, default: 'true' },
    from: { required: false, default: '' },
    'create-repository': { required: false, default: 'false' },
    'repository-settings': { required: false, default: '' },
    'registry-username': { required: false, default: '' },
    'registry-password': { required: false, default: '' },
    'aws-role': { required: false, default: '' },
    'aws-region': { required: false, default: '' },
    'azure-client-id': { required: false, default: '' },
    'azure-tenant-id': { required: false, default: '' },
  },
  outputs: [
    'image',
    'digest',
    'tags',
    'version',
    'metadata',
  ],
} as const;
