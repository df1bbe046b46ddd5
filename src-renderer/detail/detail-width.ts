/** Pixels the details have beside a list until a person moves the line: the commands of layers want room where there is some. */
export function usualDetailWidth(viewWidth: number): number {
  return Math.round(Math.min(Math.max(LEAST, viewWidth * SHARE), MOST));
}

const LEAST = 424;
const MOST = 680;
const SHARE = 0.3;
