/** What ids of EC2 look like that begin so; whether there is such a one only EC2 knows. */
export function idPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}[A-Za-z0-9-]{1,40}$`);
}
