/** How messages name a function, whatever the version of its contract: `orders:fulfilment/fulfilment#submit`. */
export function functionId(contract: string, name: string): string {
  return `${contract.replace(/@.*$/, '')}#${name}`;
}
