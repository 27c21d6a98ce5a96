import assert from "node:assert/strict";
import { poolTagPropagates } from "../../policy/pool-tag-propagates";
import {
  compliant,
  group,
  networkInterface,
  poolTag,
  TAG_KEY,
  undecided,
  violation,
  withChanges,
} from "./stackBuilders";
import { type WrittenResource, idOf, judge, later, show, type StackOptions } from "./policyEngine";

const WITHOUT_PROPAGATE =
  "without propagateAtLaunch: true, so its instances don't get the tag, and without it no address. " +
  "Write propagateAtLaunch: true.";

function judgeStack(changes: WrittenResource[], options?: StackOptions, config?: object) {
  return judge(poolTagPropagates, show(withChanges(...changes), options), config);
}

const stopped = (message: string) => [violation(poolTagPropagates, "web", message)];
const noted = (question: string) => [undecided(poolTagPropagates, "web", question)];

/** A launch template that gives its instances tags, in aws or in aws-native. */
function template(name: string, tags: unknown, resourceType = "instance"): WrittenResource {
  const props = { tagSpecifications: [{ resourceType, tags }] };
  return { type: "aws:ec2/launchTemplate:LaunchTemplate", name, props };
}

function nativeTemplate(name: string, tags: unknown): WrittenResource {
  const props = { launchTemplateData: { tagSpecifications: [{ resourceType: "instance", tags }] } };
  return { type: "aws-native:ec2:LaunchTemplate", name, props };
}

/** A tag that a resource of its own gives the group "web". */
function tagResource(name: string, tag: unknown): WrittenResource {
  const props = { autoscalingGroupName: idOf("web"), tag };
  return { type: "aws:autoscaling/tag:Tag", name, props };
}

const nativeGroup = (tags: unknown): WrittenResource => ({
  type: "aws-native:autoscaling:AutoScalingGroup",
  name: "web",
  props: { tags },
});

describe("pool-tag-propagates", () => {
  for (const preview of [true, false]) {
    describe(preview ? "in a preview" : "in an up", () => {
      it("passes a group that gives its instances the tag of a pool in the stack", async () => {
        assert.deepEqual(await judge(poolTagPropagates, show(compliant, { preview })), []);
      });

      it("passes a group that has the tag of its pool from elsewhere", async () => {
        const launching = { tags: [], launchTemplate: { id: idOf("launch") } };
        const mixed = {
          tags: [],
          mixedInstancesPolicy: {
            launchTemplate: { launchTemplateSpecification: { launchTemplateId: idOf("launch") } },
          },
        };
        const programs = [
          [nativeGroup([poolTag("licence")])],
          [group("web", { tags: [] }), tagResource("given", poolTag("licence"))],
          [group("web", launching), template("launch", { [TAG_KEY]: "licence" })],
          [group("web", mixed), template("launch", { [TAG_KEY]: "licence" })],
          [group("web", launching), nativeTemplate("launch", [{ key: TAG_KEY, value: "licence" }])],
        ];
        for (const program of programs) {
          assert.deepEqual(await judgeStack(program, { preview }), []);
        }
      });

      const withTag = (tag: object) => [group("web", { tags: [tag] })];
      const propagations: [what: string, changes: WrittenResource[], where: string][] = [
        ["propagateAtLaunch is false", withTag(poolTag("licence", false)), "its tags"],
        ["propagateAtLaunch is absent", withTag({ key: TAG_KEY, value: "licence" }), "its tags"],
        ["propagateAtLaunch is no boolean", withTag(poolTag("licence", "yes")), "its tags"],
        [
          "an aws-native group's propagateAtLaunch is false",
          [nativeGroup([poolTag("licence", false)])],
          "its tags",
        ],
        [
          "a tag resource's propagateAtLaunch is false",
          [group("web", { tags: [] }), tagResource("given", poolTag("licence", false))],
          'tag resource "given"',
        ],
      ];
      for (const [what, changes, where] of propagations) {
        it(`stops a group when ${what}`, async () => {
          assert.deepEqual(
            await judgeStack(changes, { preview }),
            stopped(
              `Auto Scaling group "web" has the tag ${TAG_KEY} in ${where} ${WITHOUT_PROPAGATE}`,
            ),
          );
        });
      }

      it("stops a group for its own tag alone, when another gives its instances theirs", async () => {
        const other = [{ key: "Name", value: "web", propagateAtLaunch: true }];
        const changes = [group("web", { tags: [...other, poolTag("licence", false), ...other] })];
        const found = `Auto Scaling group "web" has the tag ${TAG_KEY} in its tags`;
        assert.deepEqual(
          await judgeStack(changes, { preview }),
          stopped(`${found} ${WITHOUT_PROPAGATE}`),
        );
      });

      const launching = (tags: unknown[]) =>
        group("web", { tags, launchTemplate: { id: idOf("launch") } });
      const names: [what: string, changes: WrittenResource[], pool: string, where: string][] = [
        ["in its tags", withTag(poolTag("licences")), "licences", "its tags"],
        ["in tags of aws-native", [nativeGroup([poolTag("licences")])], "licences", "its tags"],
        [
          "by a tag resource",
          [group("web", { tags: [] }), tagResource("given", poolTag("Licence"))],
          "Licence",
          'tag resource "given"',
        ],
        [
          "in its launch template",
          [launching([]), template("launch", { [TAG_KEY]: "lizence" })],
          "lizence",
          'launch template "launch"',
        ],
        [
          "in its launch template of aws-native",
          [launching([]), nativeTemplate("launch", [{ key: TAG_KEY, value: "lizence" }])],
          "lizence",
          'launch template "launch"',
        ],
      ];
      for (const [what, changes, pool, where] of names) {
        it(`stops a group that names a pool that doesn't exist ${what}`, async () => {
          assert.deepEqual(
            await judgeStack(changes, { preview }),
            stopped(
              `Auto Scaling group "web" names pool "${pool}" in ${where}, which is neither in this stack nor ` +
                'in the configuration. Did you mean "licence"? If it is another stack\'s, name it in the ' +
                `configuration of the policies, pools: {"${pool}": {"zone": "eu-west-1a", "size": 3}}.`,
            ),
          );
        });
      }

      it("stops a group whose tag names one pool and its template's another", async () => {
        const changes = [
          launching([poolTag("licence")]),
          template("launch", { [TAG_KEY]: "bastion" }),
          networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } }),
        ];
        assert.deepEqual(
          await judgeStack(changes, { preview }),
          stopped(
            'Auto Scaling group "web" names pool "licence" in its tags and pool "bastion" in launch ' +
              'template "launch". Write the same value in both.',
          ),
        );
      });

      it("stops a group for each mistake it has", async () => {
        assert.deepEqual(
          (await judgeStack(withTag(poolTag("licences", false)), { preview })).map(
            ({ level, message }) => [level, message.split(" in its tags")[0]],
          ),
          [
            ["mandatory", `Auto Scaling group "web" has the tag ${TAG_KEY}`],
            ["mandatory", 'Auto Scaling group "web" names pool "licences"'],
          ],
        );
      });
    });
  }

  it("passes a group whose tag and template name one pool", async () => {
    const web = group("web", { launchTemplate: { id: idOf("launch") } });
    const launch = template("launch", { [TAG_KEY]: "licence" });
    assert.deepEqual(await judgeStack([web, launch]), []);
  });

  it("judges every group by itself", async () => {
    const changes = [group("api", { tags: [poolTag("licence", false)] }), group("jobs")];
    assert.deepEqual(
      (await judgeStack(changes)).map(({ resource }) => resource),
      ["api"],
    );
  });

  const END =
    "If it is another stack's, name it in the configuration of the policies, " +
    'pools: {"gateway": {"zone": "eu-west-1a", "size": 3}}.';
  const NO_POOL =
    'Auto Scaling group "web" names pool "gateway" in its tags, which is neither in this stack nor in ' +
    "the configuration. ";
  const gateway = group("web", { tags: [poolTag("gateway")] });

  it("lists the pools when none has a name like it", async () => {
    const bastion = networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } });
    assert.deepEqual(
      await judgeStack([gateway, bastion], {}, { pools: { mail: {} } }),
      stopped(`${NO_POOL}Pools are: licence, bastion, mail. ${END}`),
    );
  });

  it("suggests a pool of another stack", async () => {
    assert.deepEqual(
      await judgeStack([gateway], {}, { pools: { gateways: {} } }),
      stopped(`${NO_POOL}Did you mean "gateways"? ${END}`),
    );
  });

  const distances: [pool: string, distance: number, isNear: boolean][] = [
    ["gatewxx", 2, true],
    ["gatexxx", 3, false],
    ["gate", 3, false],
  ];
  for (const [pool, distance, isNear] of distances) {
    it(`${isNear ? "suggests" : "lists"} a pool whose name differs in ${distance} letters: ${pool}`, async () => {
      const only = networkInterface("licence-0", { tags: { [TAG_KEY]: pool } });
      const suggestion = isNear ? `Did you mean "${pool}"?` : `Pools are: ${pool}.`;
      assert.deepEqual(
        await judgeStack([gateway, only]),
        stopped(`${NO_POOL}${suggestion} ${END}`),
      );
    });
  }

  const relations: [what: string, named: string, pool: string][] = [
    ["names of more letters differ in a third of them", "licence-serv", "licence-xxxx"],
    ["names of few letters differ in two of them", "vpn", "vxx"],
  ];
  for (const [what, named, pool] of relations) {
    it(`lets ${what}`, async () => {
      const web = group("web", { tags: [poolTag(named)] });
      const only = networkInterface("licence-0", { tags: { [TAG_KEY]: pool } });
      const [finding] = await judgeStack([web, only]);
      assert.equal(finding?.message.split(". ")[1]?.split("? ")[0], `Did you mean "${pool}"`);
    });
  }

  it("suggests nothing where there is no pool at all", async () => {
    assert.deepEqual(
      await judge(poolTagPropagates, show([{ ...gateway, props: { tags: [poolTag("gateway")] } }])),
      stopped(`${NO_POOL}${END}`),
    );
  });

  it("stops a group whose tag names nothing", async () => {
    const [finding] = await judgeStack([group("web", { tags: [poolTag("")] })], { preview: false });
    assert.equal(
      finding?.message.split(". ")[0],
      'Auto Scaling group "web" names pool "" in its tags, which is neither in this stack nor in the configuration',
    );
  });

  it("reads a number in the tag as its text", async () => {
    const seven = networkInterface("seven-0", { tags: { [TAG_KEY]: "7" } });
    assert.deepEqual(await judgeStack([seven, group("web", { tags: [poolTag(7)] })]), []);
  });

  it("passes a group of another stack's pool that the configuration names", async () => {
    assert.deepEqual(await judgeStack([gateway], {}, { pools: { gateway: {} } }), []);
  });

  it("leaves groups without the tag alone, and what is no group", async () => {
    const tag = { key: "Name", value: "api", propagateAtLaunch: false };
    const changes: WrittenResource[] = [
      group("api", { tags: [tag] }),
      group("jobs", { tags: undefined }),
      {
        type: "aws:autoscaling/policy:Policy",
        name: "scaling",
        props: { tags: [poolTag("licences", false)] },
      },
      tagResource("name", tag),
      template("launch", { [TAG_KEY]: "licences" }),
    ];
    assert.deepEqual(await judgeStack(changes), []);
  });

  it("leaves what a template gives to volumes alone", async () => {
    const web = group("web", { launchTemplate: { id: idOf("launch") } });
    const launch = template("launch", { [TAG_KEY]: "licences" }, "volume");
    assert.deepEqual(await judgeStack([web, launch]), []);
  });

  it("judges the tag that the configuration names", async () => {
    const tags = (tagKey: string) => [{ key: tagKey, value: "licence", propagateAtLaunch: false }];
    const config = { tagKey: "team:pool" };
    assert.deepEqual(await judgeStack([group("web", { tags: tags(TAG_KEY) })], {}, config), []);
    const changes = [
      group("web", { tags: tags("team:pool") }),
      networkInterface("licence-0", { tags: { "team:pool": "licence" } }),
    ];
    assert.deepEqual(
      await judgeStack(changes, {}, config),
      stopped(`Auto Scaling group "web" has the tag team:pool in its tags ${WITHOUT_PROPAGATE}`),
    );
  });

  it("refuses a configuration of the wrong shape", async () => {
    const [finding, ...others] = await judgeStack([], {}, { tagKey: "" });
    assert.deepEqual(others, []);
    assert.deepEqual(finding, {
      policy: "pool-tag-propagates",
      level: "mandatory",
      resource: undefined,
      message:
        "The configuration of this policy can't be used:\n✖ write the key of the pool tag\n  → at tagKey",
    });
  });

  describe("where values are unknown", () => {
    const unknowns: [what: string, changes: WrittenResource[], question: string][] = [
      [
        "its tags",
        [group("web", { tags: later([poolTag("licence")]) })],
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in its tags, since that isn't known yet`,
      ],
      [
        "a tag's key",
        [group("web", { tags: [{ key: later("Name"), value: "web", propagateAtLaunch: false }] })],
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in its tags, since that isn't known yet`,
      ],
      [
        "a tag resource's tag",
        [group("web", { tags: [] }), tagResource("given", later(poolTag("licence")))],
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in tag resource "given", since that isn't known yet`,
      ],
      [
        "its template's tags",
        [
          group("web", { tags: [], launchTemplate: { id: idOf("launch") } }),
          template("launch", later({ [TAG_KEY]: "licence" })),
        ],
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in launch template "launch", since that isn't known yet`,
      ],
      [
        "its template",
        [group("web", { tags: [], launchTemplate: { id: later("lt-elsewhere") } })],
        `whether Auto Scaling group "web" has the tag ${TAG_KEY} in a launch template, since that isn't known yet`,
      ],
      [
        "propagateAtLaunch",
        [group("web", { tags: [poolTag("licence", later(true))] })],
        `whether Auto Scaling group "web" gives its instances the tag ${TAG_KEY} of its tags`,
      ],
      [
        "a tag resource's propagateAtLaunch",
        [group("web", { tags: [] }), tagResource("given", poolTag("licence", later(true)))],
        `whether Auto Scaling group "web" gives its instances the tag ${TAG_KEY} of tag resource "given"`,
      ],
      [
        "the pool's name",
        [group("web", { tags: [poolTag(later("licence"))] })],
        'which pool Auto Scaling group "web" names in its tags, since that isn\'t known yet',
      ],
      [
        "the tags of an interface that may be of the pool",
        [
          group("web", { tags: [poolTag("gateway")] }),
          networkInterface("other", { tags: later({ [TAG_KEY]: "gateway" }) }),
        ],
        'Auto Scaling group "web" names pool "gateway" in its tags, which is neither in this stack nor in ' +
          "the configuration; interfaces whose tags aren't known yet may be the pool's",
      ],
    ];
    for (const [what, changes, question] of unknowns) {
      it(`asks in a preview, and passes in the up, where unknown: ${what}`, async () => {
        assert.deepEqual(await judgeStack(changes), noted(question));
        assert.deepEqual(await judgeStack(changes, { preview: false }), []);
      });
    }

    it("stops a group whose tag doesn't propagate, though the pool isn't known", async () => {
      const web = group("web", { tags: [poolTag(later("licence"), false)] });
      assert.deepEqual(await judgeStack([web]), [
        ...stopped(
          `Auto Scaling group "web" has the tag ${TAG_KEY} in its tags ${WITHOUT_PROPAGATE}`,
        ),
        ...noted(
          'which pool Auto Scaling group "web" names in its tags, since that isn\'t known yet',
        ),
      ]);
    });

    it("stops a group whose pool doesn't exist, though propagateAtLaunch isn't known", async () => {
      const web = group("web", { tags: [poolTag("licences", later(true))] });
      assert.deepEqual(
        (await judgeStack([web])).map(({ level }) => level),
        ["advisory", "mandatory"],
      );
    });

    it("compares no pool with one that isn't known", async () => {
      const web = group("web", { launchTemplate: { id: idOf("launch") } });
      const launch = template("launch", { [TAG_KEY]: later("licence") });
      assert.deepEqual(
        await judgeStack([web, launch]),
        noted(
          'which pool Auto Scaling group "web" names in launch template "launch", since that isn\'t known yet',
        ),
      );
    });

    it("stops two known pools of a group beside one that isn't known", async () => {
      const web = group("web", {
        tags: [poolTag(later("licence"))],
        launchTemplate: { id: idOf("launch") },
        mixedInstancesPolicy: {
          launchTemplate: { launchTemplateSpecification: { launchTemplateId: idOf("other") } },
        },
      });
      const changes = [
        web,
        template("launch", { [TAG_KEY]: "licence" }),
        template("other", { [TAG_KEY]: "bastion" }),
        networkInterface("bastion-0", { tags: { [TAG_KEY]: "bastion" } }),
      ];
      assert.deepEqual(await judgeStack(changes), [
        ...noted(
          'which pool Auto Scaling group "web" names in its tags, since that isn\'t known yet',
        ),
        ...stopped(
          'Auto Scaling group "web" names pool "licence" in launch template "launch" and pool "bastion" in ' +
            'launch template "other". Write the same value in both.',
        ),
      ]);
    });
  });
});
