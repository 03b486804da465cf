/** Why a component is left as it is; not an error. The message goes on from `because`. */
export class NotThisShape extends Error {
  override readonly name = 'NotThisShape';
}
