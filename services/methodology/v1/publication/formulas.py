"""The formulas of version 1 in mathematical notation, by dimension, and what their letters mean."""

FORMULAS = {
    "score": r"S = \sum_k W_k \sum_i w_{ki}\, v_{ki}, \qquad 0 \le S \le 10^{10}",
    "contribution": r"c_{ki} = W_k\, w_{ki}\, (v_{ki} - 5000), \qquad S = 5\cdot 10^{9} + \sum_{k,i} c_{ki}",
    "tasks": r"T = 1 - \tfrac{1}{3}\Big(h + d + \sum_a s_a e_a\Big), \qquad e_a = \min(1,\ u_a + p_a)",
    "skills": r"v = \frac{\min(l, r)}{r}\; 2^{-m/(12H)}",
    "ai": r"v = 2500\, l",
    "learning": r"v = 2500\, l",
    "market": r"M = \min\Big(1, \max\Big(0, \frac{g + 10}{25}\Big)\Big)",
    "transfer": r"X = \frac{1}{22} \sum_t \frac{\sum_a q_{ta} \min(l_a, r_{ta}) / r_{ta}}{\sum_a q_{ta}}",
    "income": (
        r"I = 0.40 \min\Big(1, \frac{\Sigma - \text{largest}}{E}\Big) + 0.35 \min\Big(1, \frac{R}{6E}\Big) "
        r"+ 0.25\, \frac{n}{12}"
    ),
    "error": r"SE^2 = \sum_k W_k^2 (SEM_k^2 + SER_k^2) + 2\, W_s W_t\, SEM_s\, SEM_t\, \rho",
    "correlation": r"\rho = \frac{\sum_i w_{si} w_{ti}}{\sqrt{\sum_i w_{si}^2 \cdot \sum_i w_{ti}^2}}",
    "band": r"S \pm 1.96\, SE",
    "current": r"l(t) = l \cdot 2^{-(m + t)/(12H)}",
    "exposure": r"r(t) = F(t)\, E, \qquad F(t) = \frac{1}{1 + 4\, e^{-st}}",
    "distance": r"D = \frac{\sum_i q_i \max(0,\ r_i - l_i)/r_i}{\sum_i q_i}",
    "change": (r"1.96 \sqrt{2}\, \sqrt{\sum_k W_k^2\, SEM_k^2 + 2\, W_s W_t\, SEM_s\, SEM_t\, \rho}"),
}

SYMBOLS = {
    "en": {
        "tasks": "h, d: exposure of the occupation's tasks rated by people and by a language "
        "model; s: share of an activity in the work; u, p: the part that users hand to AI "
        "and that AI performs",
        "skills": "l: the person's level 0 to 4; r: the required level 1 to 4; m: months since it "
        "was last refreshed, less a pause; H: half-life in years",
        "ai": "l: how often, 0 to 4",
        "learning": "l: how often, 0 to 4",
        "market": "g: projected change of employment in percent over ten years",
        "transfer": "t: the 22 target occupations; a: the twelve areas; q: importance; r: required "
        "level; l: own level",
        "income": "Σ: monthly income from all sources; E: monthly expenses; R: reserve; n: months "
        "of the last twelve with income at or above expenses",
    },
    "de": {
        "tasks": "h, d: Exposition der Aufgaben des Berufs, eingeschätzt von Menschen und von "
        "einem Sprachmodell; s: Anteil einer Tätigkeit an der Arbeit; u, p: der Teil, den "
        "Menschen der KI übergeben, und der, den die KI ausführt",
        "skills": "l: die eigene Stufe, 0 bis 4; r: die verlangte Stufe, 1 bis 4; m: Monate seit "
        "der letzten Auffrischung, ohne eine Pause; H: Halbwertszeit in Jahren",
        "ai": "l: wie oft, 0 bis 4",
        "learning": "l: wie oft, 0 bis 4",
        "market": "g: vorausgesagte Änderung der Beschäftigung in Prozent in zehn Jahren",
        "transfer": "t: die 22 Zielberufe; a: die zwölf Gebiete; q: Wichtigkeit; r: verlangte Stufe; l: eigene Stufe",
        "income": "Σ: monatliches Einkommen aus allen Quellen, largest: aus der größten; E: "
        "monatliche Ausgaben; R: Rücklage; n: Monate der letzten zwölf mit Einkommen in "
        "Höhe der Ausgaben oder darüber",
    },
}
