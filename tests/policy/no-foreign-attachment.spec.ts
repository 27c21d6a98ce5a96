import assert from "node:assert/strict";
import { noForeignAttachment } from "../../policy/no-foreign-attachment";
import {
  compliant,
  networkInterface,
  TAG_KEY,
  undecided,
  violation,
  withChanges,
} from "./stackBuilders";
import {
  type WrittenResource,
  idOf,
  judge,
  later,
  madeOf,
  show,
  type StackOptions,
} from "./policyEngine";

const MEND =
  "Only the manager attaches it: take this away, and give the instance the pool tag instead.";
const LICENCE_0 = 'network interface "licence-0" of pool "licence"';

function judgeStack(changes: WrittenResource[], options?: StackOptions, config?: object) {
  return judge(noForeignAttachment, show(withChanges(...changes), options), config);
}

const stopped = (resource: string, message: string) =>
  violation(noForeignAttachment, resource, message);
const noted = (resource: string, question: string) =>
  undecided(noForeignAttachment, resource, question);

/** An interface of no pool. */
const plain = networkInterface("plain", { tags: { Name: "plain" } });
/** An interface that may be of a pool. */
const unsure = networkInterface("unsure", { tags: later({ [TAG_KEY]: "licence" }) });

/** What takes an interface by its id, how it is called, and the property that does. */
const ATTACHERS: [
  what: string,
  label: string,
  key: string,
  build: (id: unknown) => WrittenResource,
][] = [
  [
    "an attachment",
    'NetworkInterfaceAttachment "taker"',
    "networkInterfaceId",
    (id) => ({
      type: "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
      name: "taker",
      props: { instanceId: "i-1", deviceIndex: 1, networkInterfaceId: id },
    }),
  ],
  [
    "an attachment of aws-native",
    'NetworkInterfaceAttachment "taker"',
    "networkInterfaceId",
    (id) => ({
      type: "aws-native:ec2:NetworkInterfaceAttachment",
      name: "taker",
      props: { instanceId: "i-1", deviceIndex: "1", networkInterfaceId: id },
    }),
  ],
  [
    "an instance",
    'Instance "taker"',
    "networkInterfaces",
    (id) => ({
      type: "aws:ec2/instance:Instance",
      name: "taker",
      props: { networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] },
    }),
  ],
  [
    "an instance as its first",
    'Instance "taker"',
    "primaryNetworkInterface",
    (id) => ({
      type: "aws:ec2/instance:Instance",
      name: "taker",
      props: { primaryNetworkInterface: { networkInterfaceId: id } },
    }),
  ],
  [
    "an instance of aws-native",
    'Instance "taker"',
    "networkInterfaces",
    (id) => ({
      type: "aws-native:ec2:Instance",
      name: "taker",
      props: { networkInterfaces: [{ deviceIndex: "1", networkInterfaceId: id }] },
    }),
  ],
  [
    "a spot instance",
    'SpotInstanceRequest "taker"',
    "networkInterfaces",
    (id) => ({
      type: "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
      name: "taker",
      props: { networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] },
    }),
  ],
  [
    "a spot fleet of aws-native",
    'SpotFleet "taker"',
    "spotFleetRequestConfigData",
    (id) => ({
      type: "aws-native:ec2:SpotFleet",
      name: "taker",
      props: {
        spotFleetRequestConfigData: {
          launchSpecifications: [
            { networkInterfaces: [{ deviceIndex: 0, subnetId: "subnet-1" }] },
            { networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] },
          ],
        },
      },
    }),
  ],
  [
    "a launch template",
    'LaunchTemplate "taker"',
    "networkInterfaces",
    (id) => ({
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: "taker",
      props: {
        networkInterfaces: [
          { deviceIndex: 0, subnetId: "subnet-1" },
          { deviceIndex: 1, networkInterfaceId: id },
        ],
      },
    }),
  ],
  [
    "a launch template of aws-native",
    'LaunchTemplate "taker"',
    "launchTemplateData",
    (id) => ({
      type: "aws-native:ec2:LaunchTemplate",
      name: "taker",
      props: {
        launchTemplateData: { networkInterfaces: [{ deviceIndex: 1, networkInterfaceId: id }] },
      },
    }),
  ],
];

describe("no-foreign-attachment", () => {
  it("passes a program that attaches nothing", async () => {
    assert.deepEqual(await judge(noForeignAttachment, show(compliant)), []);
    assert.deepEqual(await judge(noForeignAttachment, show(compliant, { preview: false })), []);
  });

  for (const [what, label, key, build] of ATTACHERS) {
    describe(`where ${what} takes an interface by its id (${build("").type})`, () => {
      const attaches = [stopped("taker", `${label} attaches ${LICENCE_0} in ${key}. ${MEND}`)];
      const isInData = key === "launchTemplateData";
      const gives = `whether ${label} gives the interfaces it launches the pool tag ${TAG_KEY}`;
      const tagsOpen = isInData
        ? [noted("taker", `${gives}, since its tags aren't known yet`)]
        : [];

      it("stops it for an interface of a pool, in a preview and in an up", async () => {
        for (const preview of [true, false]) {
          assert.deepEqual(await judgeStack([build(idOf("licence-0"))], { preview }), attaches);
        }
      });

      it("stops it for the id itself, written out, in an up", async () => {
        assert.deepEqual(await judgeStack([build("licence-0-id")], { preview: false }), attaches);
      });

      it("passes it for an interface of no pool, and for one that isn't in the stack", async () => {
        for (const preview of [true, false]) {
          assert.deepEqual(await judgeStack([plain, build(idOf("plain"))], { preview }), []);
          assert.deepEqual(await judgeStack([build("eni-1")], { preview }), []);
          assert.deepEqual(await judgeStack([build(undefined)], { preview }), []);
        }
      });

      it("asks about an interface whose tags aren't known yet", async () => {
        const changes = [unsure, build(idOf("unsure"))];
        assert.deepEqual(await judgeStack(changes), [
          noted(
            "taker",
            `whether ${label} attaches an interface of a pool: Network interface "unsure", whose tags aren't known yet`,
          ),
        ]);
      });

      it("asks about an id that nothing is known of", async () => {
        assert.deepEqual(await judgeStack([build(later("eni-1"))]), [
          noted(
            "taker",
            `whether ${label} attaches an interface of a pool in ${key}, since the id isn't known yet`,
          ),
        ]);
        assert.deepEqual(await judgeStack([build(later("eni-1"))], { preview: false }), []);
      });

      it("asks about a property that isn't known at all", async () => {
        const taker = build(undefined);
        const props = { ...taker.props, [key]: later(undefined) };
        assert.deepEqual(await judgeStack([{ ...taker, props }]), [
          noted(
            "taker",
            `whether ${label} attaches an interface of a pool in ${key}, since the id isn't known yet`,
          ),
          ...tagsOpen,
        ]);
      });

      it("stops a property that isn't known, but made of a pool's interface", async () => {
        const taker = build(undefined);
        const props = { ...taker.props, [key]: madeOf(["licence-0"], undefined) };
        assert.deepEqual(await judgeStack([{ ...taker, props }]), [...attaches, ...tagsOpen]);
      });
    });
  }

  const attach = (networkInterfaceId: unknown): WrittenResource => ({
    type: "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
    name: "taker",
    props: { networkInterfaceId },
  });
  const LABEL = 'NetworkInterfaceAttachment "taker"';

  it("stops every interface of a pool that an instance takes, each for itself", async () => {
    const taker: WrittenResource = {
      type: "aws:ec2/instance:Instance",
      name: "taker",
      props: {
        networkInterfaces: [
          { networkInterfaceId: idOf("licence-0") },
          { networkInterfaceId: idOf("licence-1") },
          { networkInterfaceId: idOf("plain") },
        ],
        primaryNetworkInterface: { networkInterfaceId: idOf("licence-1") },
      },
    };
    const licence1 = 'network interface "licence-1" of pool "licence"';
    assert.deepEqual(await judgeStack([networkInterface("licence-1"), plain, taker]), [
      stopped("taker", `Instance "taker" attaches ${LICENCE_0} in networkInterfaces. ${MEND}`),
      stopped("taker", `Instance "taker" attaches ${licence1} in networkInterfaces. ${MEND}`),
      stopped("taker", `Instance "taker" attaches ${licence1} in primaryNetworkInterface. ${MEND}`),
    ]);
  });

  it("stops an interface that has its tag from a tag resource", async () => {
    const tagged: WrittenResource = {
      type: "aws:ec2/tag:Tag",
      name: "given",
      props: { resourceId: idOf("plain"), key: TAG_KEY, value: "bastion" },
    };
    assert.deepEqual(await judgeStack([plain, tagged, attach(idOf("plain"))]), [
      stopped(
        "taker",
        `${LABEL} attaches network interface "plain" of pool "bastion" in networkInterfaceId. ${MEND}`,
      ),
    ]);
  });

  it("stops an interface of aws-native", async () => {
    const native: WrittenResource = {
      type: "aws-native:ec2:NetworkInterface",
      name: "licence-0",
      props: { tags: [{ key: TAG_KEY, value: "licence" }] },
    };
    assert.deepEqual(await judgeStack([native, attach(idOf("licence-0"))]), [
      stopped("taker", `${LABEL} attaches ${LICENCE_0} in networkInterfaceId. ${MEND}`),
    ]);
  });

  describe("where an id may be one of several", () => {
    const oneOf = (...names: string[]) => attach(madeOf(names, `${names[0] ?? ""}-id`));

    it("stops it when all of them are of pools", async () => {
      const bastion = networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } });
      assert.deepEqual(await judgeStack([bastion, oneOf("licence-0", "bastion-0")]), [
        stopped(
          "taker",
          `${LABEL} attaches ${LICENCE_0} or network interface "bastion-0" of pool "bastion" in ` +
            `networkInterfaceId. ${MEND}`,
        ),
      ]);
    });

    it("asks when some are of no pool", async () => {
      assert.deepEqual(await judgeStack([plain, oneOf("plain", "licence-0")]), [
        noted(
          "taker",
          `whether ${LABEL} attaches ${LICENCE_0} in networkInterfaceId, since the id isn't known yet`,
        ),
      ]);
    });

    it("asks when some are of no pool, whatever others are of one", async () => {
      const licence1 = networkInterface("licence-1");
      assert.deepEqual(await judgeStack([licence1, plain, oneOf("plain", "licence-0")]), [
        noted(
          "taker",
          `whether ${LABEL} attaches ${LICENCE_0} in networkInterfaceId, since the id isn't known yet`,
        ),
      ]);
    });

    it("asks when the tags of some aren't known", async () => {
      assert.deepEqual(await judgeStack([unsure, oneOf("unsure", "licence-0")]), [
        noted(
          "taker",
          `whether ${LABEL} attaches ${LICENCE_0} or network interface "unsure", whose tags aren't known ` +
            "yet, in networkInterfaceId, since the id isn't known yet",
        ),
      ]);
    });

    it("passes it when none is of a pool", async () => {
      const other = networkInterface("other", { tags: {} });
      assert.deepEqual(await judgeStack([plain, other, oneOf("plain", "other")]), []);
    });

    it("decides in the up", async () => {
      assert.deepEqual(
        await judgeStack([plain, oneOf("plain", "licence-0")], { preview: false }),
        [],
      );
    });
  });

  it("asks nothing about ids when the stack has no interface of a pool", async () => {
    assert.deepEqual(
      await judge(noForeignAttachment, show([{ ...plain, props: {} }, attach(later("eni-1"))])),
      [],
    );
  });

  it("asks nothing about what AWS fills in, since no program wrote it", async () => {
    const machine: WrittenResource = {
      type: "aws:ec2/instance:Instance",
      name: "machine",
      props: { subnetId: idOf("a") },
      outputs: {
        networkInterfaces: later([]),
        primaryNetworkInterface: later({ networkInterfaceId: "eni-1" }),
      },
    };
    assert.deepEqual(await judgeStack([machine]), []);
    assert.deepEqual(await judgeStack([machine], { preview: false }), []);
  });

  it("leaves other resources alone that name an interface of a pool", async () => {
    const address: WrittenResource = {
      type: "aws:ec2/eipAssociation:EipAssociation",
      name: "address",
      props: { networkInterfaceId: idOf("licence-0") },
    };
    assert.deepEqual(await judgeStack([address]), []);
  });

  describe("where an interface has attachments", () => {
    const attachment = (more: object = {}) => ({ instance: "i-1", deviceIndex: 1, ...more });
    const written = (attachments: unknown, props: Record<string, unknown> = {}) =>
      networkInterface("licence-0", { attachments, ...props });
    const shown = (attachments: unknown): WrittenResource => ({
      ...networkInterface("licence-0"),
      outputs: { attachments },
    });
    const attachedTo = (instances: string) =>
      stopped(
        "licence-0",
        `Network interface "licence-0" of pool "licence" is attached to ${instances} in attachments. ${MEND}`,
      );

    const wrong: [what: string, change: WrittenResource, instances: string][] = [
      ["written in the program", written([attachment()]), "i-1"],
      ["to two instances", written([attachment(), attachment({ instance: "i-2" })]), "i-1, i-2"],
      ["alone, not in a list", written(attachment()), "i-1"],
      ["without an id, so not EC2's", shown([attachment()]), "i-1"],
      [
        "of which one has no id",
        shown([attachment({ attachmentId: "eni-attach-1" }), attachment({ instance: "i-2" })]),
        "i-1, i-2",
      ],
      ["with an empty id", shown([attachment({ attachmentId: "" })]), "i-1"],
    ];
    for (const [what, change, instances] of wrong) {
      it(`stops attachments ${what}`, async () => {
        for (const preview of [true, false]) {
          assert.deepEqual(await judgeStack([change], { preview }), [attachedTo(instances)]);
        }
      });
    }

    it("stops one of an instance of the program in the up, where EC2 has added its id", async () => {
      const made = attachment({ instance: idOf("web"), attachmentId: "eni-attach-1" });
      const findings = await judgeStack([written([made])], { preview: false });
      assert.deepEqual(findings, [attachedTo("web-id")]);
    });

    it("can't tell one that is written out from the manager's in the up, and passes it", async () => {
      const made = written([attachment({ attachmentId: "eni-attach-1" })]);
      assert.deepEqual(await judgeStack([made], { preview: false }), []);
    });

    it("stops an attachment to an instance that isn't known yet", async () => {
      const machine: WrittenResource = {
        type: "aws:ec2/instance:Instance",
        name: "machine",
        props: {},
      };
      const changes = [machine, written([attachment({ instance: idOf("machine") })])];
      assert.deepEqual(await judgeStack(changes), [attachedTo("an instance")]);
      assert.deepEqual(await judgeStack(changes, { preview: false }), [attachedTo("machine-id")]);
    });

    it("stops an attachment in a list of which a part isn't known", async () => {
      assert.deepEqual(await judgeStack([written([later(attachment())])]), [
        attachedTo("an instance"),
      ]);
    });

    const right: [what: string, change: WrittenResource][] = [
      [
        "that EC2 shows after the manager attached",
        shown([attachment({ attachmentId: "eni-attach-1" })]),
      ],
      [
        "that EC2 shows, one known and one not",
        shown([
          attachment({ attachmentId: "eni-attach-1" }),
          later(attachment({ attachmentId: "x" })),
        ]),
      ],
      ["that EC2 will show", shown(later([attachment({ attachmentId: "eni-attach-1" })]))],
      ["that are an empty list", written([])],
      ["that are none", written(undefined)],
      ["of an interface of no pool", written([attachment()], { tags: { Name: "plain" } })],
    ];
    for (const [what, change] of right) {
      it(`passes attachments ${what}`, async () => {
        for (const preview of [true, false]) {
          assert.deepEqual(await judgeStack([change], { preview }), []);
        }
      });
    }

    it("asks about written attachments that aren't known", async () => {
      assert.deepEqual(await judgeStack([written(later([]))]), [
        noted(
          "licence-0",
          'whether Network interface "licence-0" of pool "licence" is attached to an instance, since ' +
            "attachments isn't known yet",
        ),
      ]);
      assert.deepEqual(await judgeStack([written(later([]))], { preview: false }), []);
    });

    it("asks about written attachments of an interface whose tags aren't known", async () => {
      const change = written([attachment()], { tags: later({ [TAG_KEY]: "licence" }) });
      assert.deepEqual(await judgeStack([change]), [
        noted(
          "licence-0",
          'whether Network interface "licence-0", which has attachments, is one of a pool, since its tags ' +
            "aren't known yet",
        ),
      ]);
      assert.deepEqual(await judgeStack([change], { preview: false }), [attachedTo("i-1")]);
    });

    it("asks nothing about an interface whose tags aren't known, if it has no attachments", async () => {
      assert.deepEqual(await judgeStack([unsure]), []);
    });
  });

  describe("where a launch template tags the interfaces it launches", () => {
    const template = (
      tags: unknown,
      resourceType: unknown = "network-interface",
    ): WrittenResource => ({
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: "launch",
      props: { tagSpecifications: [{ resourceType, tags }] },
    });
    const native = (tags: unknown): WrittenResource => ({
      type: "aws-native:ec2:LaunchTemplate",
      name: "launch",
      props: {
        launchTemplateData: {
          tagSpecifications: [{ resourceType: "network-interface", tags }],
        },
      },
    });
    const gives = (tagKey: string) =>
      stopped(
        "launch",
        `LaunchTemplate "launch" gives the interfaces it launches the pool tag ${tagKey}, so that the ` +
          "manager takes them for interfaces of the pool. Take the tag out of the tagSpecifications for " +
          '"network-interface".',
      );

    it("stops the pool tag, in aws and in aws-native", async () => {
      for (const preview of [true, false]) {
        assert.deepEqual(await judgeStack([template({ [TAG_KEY]: "licence" })], { preview }), [
          gives(TAG_KEY),
        ]);
        assert.deepEqual(
          await judgeStack([native([{ key: TAG_KEY, value: "licence" }])], { preview }),
          [gives(TAG_KEY)],
        );
      }
    });

    it("stops the pool tag, whatever its value", async () => {
      assert.deepEqual(await judgeStack([template({ [TAG_KEY]: later("other") })]), [
        gives(TAG_KEY),
      ]);
    });

    it("passes the pool tag on instances, and other tags on interfaces", async () => {
      assert.deepEqual(await judgeStack([template({ [TAG_KEY]: "licence" }, "instance")]), []);
      assert.deepEqual(await judgeStack([template({ Name: "web" })]), []);
      assert.deepEqual(await judgeStack([native([{ key: "Name", value: "web" }])]), []);
    });

    it("stops the tag that the configuration names, and that alone", async () => {
      const config = { tagKey: "team:pool" };
      assert.deepEqual(await judgeStack([template({ "team:pool": "licence" })], {}, config), [
        gives("team:pool"),
      ]);
      assert.deepEqual(await judgeStack([template({ [TAG_KEY]: "licence" })], {}, config), []);
    });

    it("judges other tags after one that it passes", async () => {
      const props = {
        tagSpecifications: [
          { resourceType: "network-interface", tags: { Name: "web" } },
          { resourceType: "network-interface", tags: { [TAG_KEY]: "licence" } },
        ],
      };
      assert.deepEqual(await judgeStack([{ ...template({}), props }]), [gives(TAG_KEY)]);
    });

    it("asks about tags that aren't known", async () => {
      const question =
        `whether LaunchTemplate "launch" gives the interfaces it launches the pool tag ${TAG_KEY}, ` +
        "since its tags aren't known yet";
      const whole = { ...template({}), props: { tagSpecifications: later([]) } };
      for (const change of [template(later({ Name: "web" })), whole]) {
        assert.deepEqual(await judgeStack([change]), [noted("launch", question)]);
        assert.deepEqual(await judgeStack([change], { preview: false }), []);
      }
    });
  });

  it("judges the interfaces with the tag that the configuration names", async () => {
    const config = { tagKey: "team:pool" };
    assert.deepEqual(await judgeStack([attach(idOf("licence-0"))], {}, config), []);
    const other = networkInterface("other", { tags: { "team:pool": "licence" } });
    assert.deepEqual(await judgeStack([other, attach(idOf("other"))], {}, config), [
      stopped(
        "taker",
        `${LABEL} attaches network interface "other" of pool "licence" in networkInterfaceId. ${MEND}`,
      ),
    ]);
  });

  it("refuses a configuration of the wrong shape", async () => {
    assert.deepEqual(await judgeStack([], {}, { tagKey: 1 }), [
      {
        policy: "no-foreign-attachment",
        level: "mandatory",
        resource: undefined,
        message:
          "The configuration of this policy can't be used:\n" +
          "✖ Invalid input: expected string, received number\n  → at tagKey",
      },
    ]);
  });
});
