import { type PolicyResource } from "@pulumi/policy";
import { isRecord, read, textOf } from "./values";

/** The component that makes pools, by its type. */
export const POOL_COMPONENT = "network-interface-pool:index:NetworkInterfacePool";

/** The component of pools whose interfaces are made on demand, by its type. */
const ON_DEMAND_COMPONENT = "network-interface-pool:index:OnDemandPool";

/** The component that makes managers, by its type. */
export const MANAGER_COMPONENT = "network-interface-pool:index:NetworkInterfaceManager";

/** The zones of subnets outside of the stack that components have asked AWS for, by subnet id. */
export function zonesOfComponents(resources: PolicyResource[]): Record<string, string> {
  const told = resources
    .filter(({ type }) => type === POOL_COMPONENT || type === ON_DEMAND_COMPONENT)
    .map(({ props }) => read(props, "subnetZones"))
    .filter((zones) => isRecord(zones))
    .flatMap((zones) => Object.entries(zones));
  return Object.fromEntries(
    told.flatMap(([subnetId, value]) => {
      const zone = textOf(value);
      return zone === undefined ? [] : [[subnetId, zone]];
    }),
  );
}
