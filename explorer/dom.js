/** Elements out of names, properties and children. Text stays text: nothing is ever read as HTML. */

/** Properties by name; `on…` are listeners, `class`, `for`, `aria-…` and the like are attributes. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'textContent') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

let labels = 0;

/** A control below its label, and a sentence about it. */
export function field(label, control, hint) {
  labels += 1;
  control.id ||= `control-${labels}`;
  const told = hint ? h('span', { class: 'hint', id: `${control.id}-hint` }, hint) : undefined;
  if (told) control.setAttribute('aria-describedby', told.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, told);
}

/** A button that puts a text on the clipboard and says so. */
export function copyButton(label, textOf) {
  const button = h('button', { type: 'button', class: 'plain small' }, label);
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(textOf()).then(
      () => {
        button.textContent = 'Copied';
      },
      () => {
        button.textContent = 'Not allowed here';
      },
    );
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}
