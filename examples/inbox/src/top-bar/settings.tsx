import { Settings as SettingsIcon } from "lucide-react";
import { useState } from "react";
import { Modal } from "../parts/modal.tsx";
import { useLanguage, useWords } from "../words/language.tsx";
import { isLanguage, LANGUAGES } from "../words/languages.ts";
import { THEMES, useTheme } from "./use-theme.ts";
import "./settings.css";

/** Language and appearance. */
export function Settings() {
  const words = useWords();
  const { language, choose } = useLanguage();
  const [theme, setTheme] = useTheme();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" className="icon" aria-label={words.settings} onClick={() => setIsOpen(true)}>
        <SettingsIcon aria-hidden />
      </button>
      {isOpen && (
        <Modal title={words.settings} onClose={() => setIsOpen(false)}>
          <label className="setting">
            {words.language}
            <select value={language} onChange={({ target }) => isLanguage(target.value) && choose(target.value)}>
              {Object.entries(LANGUAGES).map(([code, { name }]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <fieldset className="setting">
            <legend>{words.theme}</legend>
            {THEMES.map((each) => (
              <label key={each}>
                <input type="radio" name="theme" checked={each === theme} onChange={() => setTheme(each)} />
                {words.themes[each]}
              </label>
            ))}
          </fieldset>
        </Modal>
      )}
    </>
  );
}
