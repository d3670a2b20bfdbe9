/** Addresses of one cluster; machine.bash says why these. */
export interface Addresses {
  /** This computer on its link to the node. */
  computer: string;
  node: string;
  /** `198.18.64.0/24` */
  pods: string;
  services: string;
  /** The Service `kubernetes` in the namespace `default`. */
  kubernetes: string;
  /** Nothing answers there: there is no cluster DNS. */
  dns: string;
}

/** @param slot of the machine */
export function addressesOf(slot: number): Addresses {
  return {
    computer: `198.18.${slot}.1`,
    node: `198.18.${slot}.2`,
    pods: `198.18.${64 + slot}.0/24`,
    services: `198.19.${slot}.0/24`,
    kubernetes: `198.19.${slot}.1`,
    dns: `198.19.${slot}.10`,
  };
}
