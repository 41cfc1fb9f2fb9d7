// The digests of what the page loads after its first screen.

/**
 * Has the browser load the modules that a built page names in a template, each compared with its digest: whoever
 * imports one of them afterwards gets what was compared, or an error. To be called before the first such import.
 */
export function loadLaterModules(): void {
  const template = document.querySelector<HTMLTemplateElement>("template#later-modules");
  // A page that Vite serves while it is written has none.
  if (template === null) return;
  document.head.append(template.content);
  template.remove();
}
