import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import { attaches, whetherAttaches, whetherAttachesOfPool, whetherGivesPoolTag } from "./messages";
import { asks, casesOf, inPreview, inUp, table } from "./policyCases";
import { idOf, later, madeOf } from "./policyEngine";
import { networkInterface, resource, TAG_KEY } from "./stackBuilders";

/** An interface of no pool. */
const plain = networkInterface("plain", { tags: { Name: "plain" } });
/** An interface that may be of a pool. */
const unsure = networkInterface("unsure", { tags: later({ [TAG_KEY]: "licence" }) });

/** What takes an interface by its id: its type, the property that does, and that property's value. */
const attachers: [what: string, type: string, key: string, valueOf: (id: unknown) => unknown][] = [
  [
    "an attachment",
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
    "networkInterfaceId",
    (id) => id,
  ],
  [
    "an attachment of aws-native",
    "aws-native:ec2:NetworkInterfaceAttachment",
    "networkInterfaceId",
    (id) => id,
  ],
  [
    "an instance",
    "aws:ec2/instance:Instance",
    "networkInterfaces",
    (id) => [{ deviceIndex: 1, networkInterfaceId: id }],
  ],
  [
    "an instance as its first",
    "aws:ec2/instance:Instance",
    "primaryNetworkInterface",
    (id) => ({ networkInterfaceId: id }),
  ],
  [
    "an instance of aws-native",
    "aws-native:ec2:Instance",
    "networkInterfaces",
    (id) => [{ deviceIndex: "1", networkInterfaceId: id }],
  ],
  [
    "a spot instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "networkInterfaces",
    (id) => [{ deviceIndex: 1, networkInterfaceId: id }],
  ],
  [
    "a spot fleet of aws-native",
    "aws-native:ec2:SpotFleet",
    "spotFleetRequestConfigData",
    (id) => ({
      launchSpecifications: [
        { networkInterfaces: [{ deviceIndex: 0, subnetId: "subnet-1" }] },
        { networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] },
      ],
    }),
  ],
  [
    "a launch template",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "networkInterfaces",
    (id) => [
      { deviceIndex: 0, subnetId: "subnet-1" },
      { deviceIndex: 1, networkInterfaceId: id },
    ],
  ],
  [
    "a launch template of aws-native",
    "aws-native:ec2:LaunchTemplate",
    "launchTemplateData",
    (id) => ({ networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] }),
  ],
];

const { holdEach } = casesOf(noForeignAttachment, "taker");

describe("no-foreign-attachment and what attaches", () => {
  for (const [what, type, key, valueOf] of attachers) {
    describe(`where ${what} takes an interface by its id (${type}, ${key})`, () => {
      const label = `${type.split(":")[2] ?? ""} "taker"`;
      const having = (value: unknown) => resource(type, "taker", { [key]: value });
      const taking = (id: unknown) => having(valueOf(id));
      const stopped = attaches(label, 'network interface "licence-0" of pool "licence"', key);
      const idUnknown = asks(whetherAttaches(label, "an interface of a pool", key));
      // A template of aws-native has all it says in one property.
      const tagsUnknown = key === "launchTemplateData" ? [asks(whetherGivesPoolTag(label))] : [];
      holdEach(table`
        stops it for an interface of a pool: ${taking(idOf("licence-0"))} ${stopped}
        stops it for the id itself, written out, in an up:
          ${taking("licence-0-id")} ${inUp} ${stopped}
        passes it for an interface of no pool: ${plain} ${taking(idOf("plain"))}
        passes it for an interface that isn't in the stack: ${taking("eni-1")}
        passes it for none: ${taking(undefined)}
        asks about an interface whose tags aren't known yet:
          ${unsure} ${taking(idOf("unsure"))} ${asks(whetherAttachesOfPool(label, '"unsure"'))}
        asks about an id that nothing is known of:
          ${taking(later("eni-1"))} ${inPreview} ${idUnknown} ${inUp}
        asks about a property that isn't known at all:
          ${having(later(undefined))} ${idUnknown} ${tagsUnknown}
        stops a property that isn't known, but made of a pool's interface:
          ${having(madeOf(["licence-0"], undefined))} ${inPreview} ${stopped} ${tagsUnknown}
      `);
    });
  }
});
