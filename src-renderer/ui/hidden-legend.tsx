import { VisuallyHidden } from './visually-hidden.tsx';

/** The name of a group of controls, where it shows what it is about: read out, not drawn. */
export function HiddenLegend({ children }: { readonly children: string }) {
  return (
    <legend>
      <VisuallyHidden>{children}</VisuallyHidden>
    </legend>
  );
}
