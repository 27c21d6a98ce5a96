import assert from "node:assert/strict";
import { poolInterfaceProtected } from "../../policy/pool-interface-protected";
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

const POOL_COMPONENT = "network-interface-pool:index:NetworkInterfacePool";

const UNPROTECTED = violation(
  poolInterfaceProtected,
  "licence-0",
  'Network interface "licence-0" of pool "licence" isn\'t protected, so a change or a destroy may take ' +
    "its address and MAC away. Write protect: true in its options, or name the pool in this policy's " +
    'configuration, allowReplace: ["licence"].',
);

const OPEN = undecided(
  poolInterfaceProtected,
  "licence-0",
  'whether Network interface "licence-0" must be protected, since its tags aren\'t known yet',
);

function judgeStack(changes: WrittenResource[], options?: StackOptions, config?: object) {
  return judge(poolInterfaceProtected, show(withChanges(...changes), options), config);
}

/** The interface "licence-0" without protection. */
function bare(changes: Partial<WrittenResource> = {}): WrittenResource {
  return { ...networkInterface("licence-0"), protect: false, ...changes };
}

/** The same with other properties; `tags: undefined` is how one has none. */
const bareWith = (props: Record<string, unknown>, outputs: Record<string, unknown> = {}) =>
  bare({ props, outputs });

/** A tag that a resource of its own gives the interface "licence-0". */
function tagResource(props: Record<string, unknown> = {}): WrittenResource {
  const all = { resourceId: idOf("licence-0"), key: TAG_KEY, value: "licence", ...props };
  return { type: "aws:ec2/tag:Tag", name: "given", props: all };
}

const component = (type: string, name: string, parent?: string): WrittenResource => ({
  type,
  name,
  props: {},
  parent,
});

describe("pool-interface-protected", () => {
  for (const preview of [true, false]) {
    describe(preview ? "in a preview" : "in an up", () => {
      it("passes protected interfaces of a pool", async () => {
        assert.deepEqual(await judge(poolInterfaceProtected, show(compliant, { preview })), []);
      });

      const programs: [what: string, changes: WrittenResource[]][] = [
        ["has the tag", [bare()]],
        [
          "is of aws-native",
          [
            bare({
              type: "aws-native:ec2:NetworkInterface",
              props: { tags: [{ key: TAG_KEY, value: "licence" }] },
            }),
          ],
        ],
        ["has its tag from a tag resource", [bareWith({}), tagResource()]],
        ["has its tag from its provider", [bareWith({}, { tagsAll: { [TAG_KEY]: "licence" } })]],
        [
          "has other tags itself and the pool's from its provider",
          [bareWith({ tags: { Name: "0" } }, { tagsAll: { Name: "0", [TAG_KEY]: "licence" } })],
        ],
      ];
      for (const [what, changes] of programs) {
        it(`stops an interface without protection that ${what}`, async () => {
          assert.deepEqual(await judgeStack(changes, { preview }), [UNPROTECTED]);
        });
      }
    });
  }

  it("judges every interface by itself, with the pool it names", async () => {
    const props = { tags: { [TAG_KEY]: "bastion" } };
    const changes = [
      bare(),
      networkInterface("licence-1"),
      { ...networkInterface("bastion-0", props), protect: false },
    ];
    assert.deepEqual(await judgeStack(changes), [
      UNPROTECTED,
      violation(
        poolInterfaceProtected,
        "bastion-0",
        'Network interface "bastion-0" of pool "bastion" isn\'t protected, so a change or a destroy may ' +
          "take its address and MAC away. Write protect: true in its options, or name the pool in this " +
          'policy\'s configuration, allowReplace: ["bastion"].',
      ),
    ]);
  });

  it("takes the interface's own tag before that of a tag resource", async () => {
    assert.deepEqual(await judgeStack([bare(), tagResource({ value: "bastion" })]), [UNPROTECTED]);
  });

  it("stops an interface whose tag names nothing, for that is a name, too", async () => {
    const [finding] = await judgeStack([bareWith({ tags: { [TAG_KEY]: "" } })], { preview: false });
    assert.equal(
      finding?.message.split(", so")[0],
      'Network interface "licence-0" of pool "" isn\'t protected',
    );
  });

  it("leaves interfaces of no pool alone, and other resources with the tag", async () => {
    const tags = { [TAG_KEY]: "licence" };
    const changes: WrittenResource[] = [
      bareWith({ tags: { Name: "other" } }, { tagsAll: { Name: "other" } }),
      bare({ name: "plain", props: {} }),
      { type: "aws:ec2/instance:Instance", name: "machine", props: { tags } },
      tagResource({ resourceId: idOf("machine") }),
      { ...tagResource({ key: "Name" }), name: "named" },
    ];
    assert.deepEqual(await judgeStack(changes), []);
  });

  it("allows a pool whose interfaces may be replaced by the configuration", async () => {
    const allow = (...pools: string[]) => judgeStack([bare()], {}, { allowReplace: pools });
    assert.deepEqual(await allow("bastion", "licence"), []);
    assert.deepEqual(await allow("bastion"), [UNPROTECTED]);
    assert.deepEqual(await allow(), [UNPROTECTED]);
  });

  it("judges the tag that the configuration names", async () => {
    const config = { tagKey: "team:pool" };
    assert.deepEqual(await judgeStack([bare()], {}, config), []);
    const other = bareWith({ tags: { "team:pool": "licence" } });
    assert.deepEqual(await judgeStack([other], {}, config), [UNPROTECTED]);
  });

  it("refuses a configuration of the wrong shape", async () => {
    assert.deepEqual(await judgeStack([], {}, { allowReplace: "licence" }), [
      {
        policy: "pool-interface-protected",
        level: "mandatory",
        resource: undefined,
        message:
          "The configuration of this policy can't be used:\n" +
          "✖ Invalid input: expected array, received string\n  → at allowReplace",
      },
    ]);
  });

  describe("in the stack for development", () => {
    const inComponent = [component(POOL_COMPONENT, "licence"), bare({ parent: "licence" })];

    it("leaves the interfaces of the component alone, which protects none there", async () => {
      assert.deepEqual(await judgeStack(inComponent, { stack: "dev" }), []);
      assert.deepEqual(await judgeStack(inComponent, { stack: "dev", preview: false }), []);
    });

    it("leaves them alone in a component around the component", async () => {
      const changes = [
        component("acme:index:Service", "service"),
        component(POOL_COMPONENT, "licence", "service"),
        bare({ parent: "licence" }),
      ];
      assert.deepEqual(await judgeStack(changes, { stack: "dev" }), []);
    });

    const stopped: [what: string, changes: WrittenResource[], stack: string][] = [
      ["an interface by itself", [bare()], "dev"],
      [
        "an interface in another component",
        [component("acme:index:NetworkInterfacePool", "licence"), bare({ parent: "licence" })],
        "dev",
      ],
      [
        "an interface in a component whose type begins alike",
        [component(`${POOL_COMPONENT}s`, "licence"), bare({ parent: "licence" })],
        "dev",
      ],
      ["the component's in another stack", inComponent, "production"],
      ["the component's in a stack whose name begins alike", inComponent, "dev2"],
    ];
    for (const [what, changes, stack] of stopped) {
      it(`does not leave alone ${what}`, async () => {
        assert.deepEqual(await judgeStack(changes, { stack }), [UNPROTECTED]);
      });
    }
  });

  describe("where values are unknown", () => {
    it("stops an interface whose id and subnet aren't known", async () => {
      const tags = { [TAG_KEY]: "licence" };
      const changes = [bareWith({ subnetId: later("subnet-1"), tags })];
      assert.deepEqual(await judgeStack(changes), [UNPROTECTED]);
    });

    const unknowns: [what: string, changes: WrittenResource[]][] = [
      ["its tags", [bareWith({ tags: later({ [TAG_KEY]: "licence" }) })]],
      ["the tag's value", [bareWith({ tags: { [TAG_KEY]: later("licence") } })]],
      ["the value of a tag resource", [bareWith({}), tagResource({ value: later("licence") })]],
      ["the key of a tag resource", [bareWith({}), tagResource({ key: later(TAG_KEY) })]],
    ];
    for (const [what, changes] of unknowns) {
      it(`asks in a preview and stops in the up, where unknown: ${what}`, async () => {
        assert.deepEqual(await judgeStack(changes), [OPEN]);
        assert.deepEqual(await judgeStack(changes, { preview: false }), [UNPROTECTED]);
      });
    }

    it("stops one with a tag resource, though its own tags aren't known", async () => {
      const changes = [bareWith({ tags: later({ Name: "0" }) }), tagResource()];
      assert.deepEqual(await judgeStack(changes), [UNPROTECTED]);
    });

    it("asks once about one whose tags and tag resource aren't known", async () => {
      const changes = [bareWith({ tags: later({}) }), tagResource({ key: later("Name") })];
      assert.deepEqual(await judgeStack(changes), [OPEN]);
      assert.deepEqual(await judgeStack(changes, { preview: false }), []);
    });

    it("asks about interfaces of which one has the tag of a tag resource", async () => {
      const changes = [
        bareWith({}),
        networkInterface("licence-1", { tags: {} }),
        tagResource({ resourceId: madeOf(["licence-0", "licence-1"], "licence-0-id") }),
      ];
      assert.deepEqual(await judgeStack(changes), [OPEN]);
      assert.deepEqual(await judgeStack(changes, { preview: false }), [UNPROTECTED]);
    });

    it("stops one that certainly has the tag of a tag resource, and may have that of another", async () => {
      for (const order of [0, 1]) {
        const unsure = tagResource({ resourceId: madeOf(["licence-0", "a1"], "a1-id") });
        const tags = [tagResource(), { ...unsure, name: "unsure" }];
        const changes = [
          bareWith({}),
          networkInterface("a1", { tags: {} }),
          ...(order === 0 ? tags : tags.reverse()),
        ];
        assert.deepEqual(await judgeStack(changes), [UNPROTECTED]);
      }
    });

    it("passes a protected one, whatever its tags", async () => {
      assert.deepEqual(
        await judgeStack([
          networkInterface("licence-0", { tags: later({ [TAG_KEY]: "licence" }) }),
        ]),
        [],
      );
    });

    it("asks nothing of one whose provider alone may give it tags that aren't known", async () => {
      assert.deepEqual(await judgeStack([bareWith({}, { tagsAll: later({ Name: "0" }) })]), []);
    });
  });
});
