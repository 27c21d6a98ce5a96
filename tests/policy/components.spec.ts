import { groupInPoolZone } from "../../policy/group-in-pool-zone";
import { holdEach } from "./policyCases";
import { group } from "./stackBuilders";
import { type WrittenResource, later } from "./policyEngine";

const component = (subnetZones: unknown): WrittenResource => ({
  type: "network-interface-pool:index:NetworkInterfacePool",
  name: "gateway",
  props: { subnetZones },
});
const web = group("web", { vpcZoneIdentifiers: ["subnet-9"] });

const unresolved =
  'Auto Scaling group "web" uses pool "licence", but the zone of subnet subnet-9 can\'t be known. ' +
  'Write into the configuration of the policies: "subnetZones": {"subnet-9": "ITS ZONE"}.';
const stray =
  'Auto Scaling group "web" uses pool "licence" and launches in eu-west-1b (subnet subnet-9), ' +
  'but the pool\'s interfaces are in eu-west-1a (subnet "a"). ' +
  "Give it subnets of eu-west-1a only, or make a pool of its own for another zone.";

describe("the zones that components have asked AWS for", () => {
  holdEach(groupInPoolZone, [
    {
      title: "pass a group in a subnet that isn't in the stack",
      changes: [component({ "subnet-9": "eu-west-1a" }), web],
    },
    {
      title: "pass it where the component makes its interfaces on demand",
      changes: [
        {
          ...component({ "subnet-9": "eu-west-1a" }),
          type: "network-interface-pool:index:OnDemandPool",
        },
        web,
      ],
    },
    {
      title: "stop a group in a subnet of another zone",
      changes: [component({ "subnet-8": "eu-west-1a", "subnet-9": "eu-west-1b" }), web],
      violations: [stray],
    },
    {
      title: "count less than the configuration",
      changes: [component({ "subnet-9": "eu-west-1a" }), web],
      config: { subnetZones: { "subnet-9": "eu-west-1b" } },
      violations: [stray],
    },
    {
      title: "are not what something else has by that name",
      changes: [{ ...component({ "subnet-9": "eu-west-1a" }), type: "acme:index:Network" }, web],
      violations: [unresolved],
    },
    {
      title: "are none while they aren't known, or of a component that tells none",
      changes: [component(undefined), component({ "subnet-9": later("eu-west-1a") }), web],
      preview: true,
      violations: [unresolved],
    },
  ]);
});
