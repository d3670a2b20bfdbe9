import type { Settings } from '../settings.ts';

/** The inputs that say what a container group is. */
export type GroupSettings = Pick<
  Settings,
  | 'name'
  | 'location'
  | 'container'
  | 'image'
  | 'env'
  | 'secrets'
  | 'command'
  | 'cpu'
  | 'memory'
  | 'ports'
  | 'dns-label'
  | 'restart-policy'
  | 'identity'
  | 'key-vault-identity'
  | 'registry-server'
  | 'registry-identity'
  | 'registry-username'
  | 'registry-password'
>;
