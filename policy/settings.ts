import { type PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";

const WRITE_ZONE = "write the name of an Availability Zone like eu-west-1a";
const WRITE_NAME = "write the name of one pool, without a comma";
const WRITE_CHOICE = "write wait, abandon or continue";
const WRITE_ONE_KIND =
  "write zones of a pool on demand, or zone and size of one whose interfaces are there before";
const WRITE_SUBNET_ID = "write a subnet id like subnet-0123456789abcdef0";

/** The last part is a letter, or, in a Wavelength Zone, a number. */
const zone = z.string(WRITE_ZONE).regex(/^[a-z]+(-[a-z0-9]+)+([a-z]|-wlz-\d+)$/, WRITE_ZONE);
const subnetId = z.string().regex(/^subnet-./);
const poolName = z.string().regex(/^[^,]*$/);

/** Of a wrong key zod says nothing but that it is one. */
const wantsKey = (wanted: string) => ({
  error: ({ code }: { code: string }) => (code === "invalid_key" ? wanted : undefined),
});

const settingsSchema = z.strictObject({
  tagKey: z
    .string()
    .min(1, "write the key of the pool tag")
    .default("network-interface-manager-pool")
    .describe("The key of the tag that ties interfaces, instances and groups to a pool."),
  pools: z
    .record(
      poolName,
      z
        .strictObject({
          zone: zone.optional().describe("The Availability Zone of the pool's interfaces."),
          size: z.int().min(0).optional().describe("How many interfaces the pool has."),
          zones: z
            .array(zone)
            .min(1, WRITE_ZONE)
            .optional()
            .describe("The Availability Zones in which a pool on demand has subnets."),
          whenExhausted: z
            .enum(["wait", "abandon", "continue"], WRITE_CHOICE)
            .optional()
            .describe("What its manager does when the pool has no free interface."),
        })
        .refine(
          (pool) => pool.zones === undefined || (pool.zone ?? pool.size) === undefined,
          WRITE_ONE_KIND,
        ),
      wantsKey(WRITE_NAME),
    )
    .default({})
    .describe("The pools of other stacks, by name."),
  subnetZones: z
    .record(subnetId, zone, wantsKey(WRITE_SUBNET_ID))
    .default({})
    .describe("The Availability Zones of subnets of other stacks, by subnet id."),
  standbyGroups: z
    .array(z.string())
    .default([])
    .describe("Groups that may be larger than their pool, by the name of resource or group."),
  allowReplace: z
    .array(z.string())
    .default([])
    .describe("Pools whose interfaces may be replaced and deleted, by name."),
});

/** The configuration of a policy. Every policy takes the same, so that one block serves all of them. */
export type Settings = z.infer<typeof settingsSchema>;

const { properties } = z.toJSONSchema(settingsSchema);

/** What Pulumi checks a configuration against, and takes defaults from. */
export const configSchema = { properties } as PolicyConfigSchema;

/**
 * Reads a policy's configuration. Pulumi checks it before, but not for keys that don't exist.
 *
 * @returns the settings, or what is wrong with them, one mistake a line with its path
 */
export function readSettings(config: object): { settings: Settings } | { mistakes: string } {
  const { data, error } = settingsSchema.safeParse(config);
  return data === undefined ? { mistakes: z.prettifyError(error) } : { settings: data };
}
