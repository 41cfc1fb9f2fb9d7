// The two screens on which there is nothing to do.
import { usePage } from "../page.ts";
import { Heading } from "../parts.tsx";

/** Before anything is known. */
export function Starting() {
  const { m } = usePage();
  return (
    <>
      <Heading>{m.starting.title}</Heading>
      <p class="lead">{m.starting.text}</p>
      <progress aria-label={m.starting.text} />
    </>
  );
}

/** While something is fetched and checked. */
export function Loading({ what }: { readonly what: "poll" | "hours" | "petition" | "roll" }) {
  const { m } = usePage();
  const { title, steps } = m.loading[what];
  return (
    <>
      <Heading>{title}</Heading>
      <p class="lead">{m.loading.text}</p>
      <ul class="bullets">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      <progress aria-label={title} />
    </>
  );
}
