"""Made-up companies, in the towns of made-up customers. None of them exists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """Name, language and country ending of a customer."""

    name: str
    language: str
    domain: str


_GERMAN = (
    "Brunnhofer Eisenwaren GmbH", "Kallenbeck Fördertechnik GmbH", "Ostwiese Bürobedarf KG",
    "Lindacker & Söhne Holzhandel OHG", "Traubenecker Getränke GmbH", "Haferkorn Backtechnik GmbH",
    "Seggeberg Schiffsausrüstung GmbH", "Wittmoos Baustoffe GmbH & Co. KG",
    "Fahrenthaler Landmaschinen AG", "Quellbrink Sanitär GmbH", "Moorkamp Verpackungen GmbH",
    "Zieselhaus Spielwaren GmbH", "Rabensteg Elektrotechnik GmbH", "Dornfelder Pumpenbau GmbH",
    "Hölzlbrunn Möbelwerkstätten GmbH", "Eschenlohr Medizinbedarf GmbH",
)  # fmt: skip
_DUTCH = (
    "Van Rietbeek Bouwmaterialen B.V.", "Oosterveen Groothandel B.V.", "De Klinkhamer Staal B.V.",
    "Zuiderdam Scheepstechniek B.V.", "Bloemerhof Kwekerijen V.O.F.",
    "Kaasmeester Zuivelhandel B.V.", "Terwolde Fietsimport B.V.", "Windekamp Installaties B.V.",
    "Hoogeland Verpakkingen N.V.", "Molenpad Levensmiddelen B.V.",
)  # fmt: skip
_AUSTRIAN = (
    "Almfried Sporthandel GmbH", "Gradnitzer Metallbau GmbH", "Donauwinkel Papier GmbH",
    "Steinpichler Holzbau GmbH", "Krapfenbichl Gastrobedarf KG", "Murtaler Kältetechnik GmbH",
    "Wachauring Weinlogistik GmbH", "Tauerngrund Seilbahntechnik AG",
)  # fmt: skip

COMPANIES = (
    *(Company(name, "de", "de.example") for name in _GERMAN),
    *(Company(name, "nl", "nl.example") for name in _DUTCH),
    *(Company(name, "de", "at.example") for name in _AUSTRIAN),
)
