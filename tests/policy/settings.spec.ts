import assert from "node:assert/strict";
import { DEFAULT_TAG_KEY } from "../../handler/names";
import { configSchema, readSettings, type Settings } from "../../policy/settings";

const DEFAULTS: Settings = {
  tagKey: DEFAULT_TAG_KEY,
  pools: {},
  subnetZones: {},
  standbyGroups: [],
  allowReplace: [],
};

/** The reason, then the path; no path for what is wrong with the configuration as a whole. */
const mistake = (reason: string, path?: string) =>
  path === undefined ? `✖ ${reason}` : `✖ ${reason}\n  → at ${path}`;

const WRITE_ZONE = "write the name of an Availability Zone like eu-west-1a";
const WRITE_NAME = "write the name of one pool, without a comma";
const WRITE_CHOICE = "write wait, abandon or continue";
const WRITE_ONE_KIND =
  "write zones of a pool on demand, or zone and size of one whose interfaces are there before";
const WRITE_SUBNET_ID = "write a subnet id like subnet-0123456789abcdef0";
const expected = (type: string, received: string) =>
  `Invalid input: expected ${type}, received ${received}`;

describe("readSettings", () => {
  it("fills in every default", () => {
    assert.deepEqual(readSettings({}), { settings: DEFAULTS });
  });

  it("fills in the defaults of the keys that are left out", () => {
    assert.deepEqual(readSettings({ tagKey: "team:pool" }), {
      settings: { ...DEFAULTS, tagKey: "team:pool" },
    });
  });

  it("takes every key", () => {
    const settings: Settings = {
      tagKey: "team:pool",
      pools: {
        licence: { zone: "eu-west-1a", size: 3 },
        bastion: { size: 0 },
        web: {},
        second: { zones: ["eu-west-1a", "eu-west-1b"] },
        pair: { size: 2, whenExhausted: "continue" },
        gate: { whenExhausted: "abandon" },
        mail: { whenExhausted: "wait" },
      },
      subnetZones: { "subnet-0123456789abcdef0": "eu-west-1b" },
      standbyGroups: ["web-standby"],
      allowReplace: ["bastion"],
    };
    assert.deepEqual(readSettings(settings), { settings });
  });

  const zones = ["eu-west-1a", "us-gov-west-1b", "us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1"];
  for (const zone of zones) {
    it(`takes ${zone} for an Availability Zone`, () => {
      const config = { pools: { licence: { zone } }, subnetZones: { "subnet-1": zone } };
      assert.deepEqual(readSettings(config), { settings: { ...DEFAULTS, ...config } });
    });
  }

  for (const zone of [
    "eu-west-1",
    "euw1-az1",
    "EU-WEST-1A",
    "a",
    "eu-west-1a ",
    "eu-west-1a,b",
    "",
  ]) {
    it(`takes "${zone}" for none`, () => {
      assert.deepEqual(
        readSettings({ pools: { licence: { zone } }, subnetZones: { "subnet-1": zone } }),
        {
          mistakes: [
            mistake(WRITE_ZONE, 'subnetZones["subnet-1"]'),
            mistake(WRITE_ZONE, "pools.licence.zone"),
          ].join("\n"),
        },
      );
    });
  }

  const cases: [config: object, reason: string, path?: string][] = [
    [{ tagKey: "" }, "write the key of the pool tag", "tagKey"],
    [{ tagKey: 1 }, expected("string", "number"), "tagKey"],
    [{ pools: [] }, expected("record", "array"), "pools"],
    [{ pools: { "data,management": {} } }, WRITE_NAME, 'pools["data,management"]'],
    [{ pools: { licence: 3 } }, expected("object", "number"), "pools.licence"],
    [{ pools: { licence: { zone: 1 } } }, WRITE_ZONE, "pools.licence.zone"],
    [
      { pools: { licence: { size: -1 } } },
      "Too small: expected number to be >=0",
      "pools.licence.size",
    ],
    [{ pools: { licence: { size: 1.5 } } }, expected("int", "number"), "pools.licence.size"],
    [{ pools: { licence: { size: "3" } } }, expected("number", "string"), "pools.licence.size"],
    [{ pools: { licence: { count: 3 } } }, 'Unrecognized key: "count"', "pools.licence"],
    [{ pools: { second: { zones: [] } } }, WRITE_ZONE, "pools.second.zones"],
    [
      { pools: { second: { zones: "eu-west-1a" } } },
      expected("array", "string"),
      "pools.second.zones",
    ],
    [{ pools: { second: { zones: ["eu-west-1"] } } }, WRITE_ZONE, "pools.second.zones[0]"],
    [
      { pools: { second: { zones: ["eu-west-1a"], zone: "eu-west-1a" } } },
      WRITE_ONE_KIND,
      "pools.second",
    ],
    [{ pools: { second: { zones: ["eu-west-1a"], size: 0 } } }, WRITE_ONE_KIND, "pools.second"],
    [{ pools: { pair: { whenExhausted: "go on" } } }, WRITE_CHOICE, "pools.pair.whenExhausted"],
    [{ subnetZones: [] }, expected("record", "array"), "subnetZones"],
    [{ subnetZones: { a: "eu-west-1a" } }, WRITE_SUBNET_ID, "subnetZones.a"],
    [{ subnetZones: { "subnet-": "eu-west-1a" } }, WRITE_SUBNET_ID, 'subnetZones["subnet-"]'],
    [
      { subnetZones: { "my-subnet-1": "eu-west-1a" } },
      WRITE_SUBNET_ID,
      'subnetZones["my-subnet-1"]',
    ],
    [{ subnetZones: { "subnet-1": 1 } }, WRITE_ZONE, 'subnetZones["subnet-1"]'],
    [{ standbyGroups: "web" }, expected("array", "string"), "standbyGroups"],
    [{ standbyGroups: ["web", 1] }, expected("string", "number"), "standbyGroups[1]"],
    [{ allowReplace: "licence" }, expected("array", "string"), "allowReplace"],
    [{ allowReplace: [null] }, expected("string", "null"), "allowReplace[0]"],
    [{ subnetZone: {} }, 'Unrecognized key: "subnetZone"'],
  ];
  for (const [config, reason, path] of cases) {
    it(`refuses ${JSON.stringify(config)} with its path and the reason`, () => {
      assert.deepEqual(readSettings(config), { mistakes: mistake(reason, path) });
    });
  }

  it("names every mistake, one a line with its path", () => {
    const { mistakes } = readSettings({ tagKey: "", tagkey: "x", allowReplace: true }) as {
      mistakes: string;
    };
    assert.equal(
      mistakes,
      [
        mistake('Unrecognized key: "tagkey"'),
        mistake("write the key of the pool tag", "tagKey"),
        mistake(expected("array", "boolean"), "allowReplace"),
      ].join("\n"),
    );
  });
});

describe("configSchema", () => {
  const schemas = Object.entries(configSchema.properties);

  it("has the defaults that an empty configuration gives", () => {
    const defaults = schemas.map(([key, schema]) => [key, schema.default as unknown]);
    assert.deepEqual({ settings: Object.fromEntries(defaults) as unknown }, readSettings({}));
  });

  it("describes every key and demands none", () => {
    assert.deepEqual(
      schemas.map(([key, { description }]) => [key, description]),
      [
        ["tagKey", "The key of the tag that ties interfaces, instances and groups to a pool."],
        ["pools", "The pools of other stacks, by name."],
        ["subnetZones", "The Availability Zones of subnets of other stacks, by subnet id."],
        [
          "standbyGroups",
          "Groups that may be larger than their pool, by the name of resource or group.",
        ],
        ["allowReplace", "Pools whose interfaces may be replaced and deleted, by name."],
      ],
    );
    assert.equal(configSchema.required, undefined);
  });

  it("lets Pulumi itself refuse wrong types and keys, by the shape of pools and subnetZones", () => {
    const zone = "^[a-z]+(-[a-z0-9]+)+([a-z]|-wlz-\\d+)$";
    const { pools, subnetZones } = configSchema.properties;
    assert.deepEqual(pools?.additionalProperties, {
      type: "object",
      properties: {
        zone: {
          type: "string",
          pattern: zone,
          description: "The Availability Zone of the pool's interfaces.",
        },
        size: {
          type: "integer",
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: "How many interfaces the pool has.",
        },
        zones: {
          type: "array",
          items: { type: "string", pattern: zone },
          minItems: 1,
          description: "The Availability Zones in which a pool on demand has subnets.",
        },
        whenExhausted: {
          type: "string",
          enum: ["wait", "abandon", "continue"],
          description: "What its manager does when the pool has no free interface.",
        },
      },
      additionalProperties: false,
    });
    assert.deepEqual(pools.propertyNames, { type: "string", pattern: "^[^,]*$" });
    const { additionalProperties, propertyNames } = subnetZones ?? {};
    assert.deepEqual(additionalProperties, { type: "string", pattern: zone });
    assert.deepEqual(propertyNames, { type: "string", pattern: "^subnet-." });
  });
});
