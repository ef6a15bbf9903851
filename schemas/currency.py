"""How many decimals the minor units of a currency are: ISO 4217, list one, as of January 2026.

Most currencies have two. Unicode's data are not this list: they say how amounts are commonly shown, so that of a
Serbian dinar no para is left, while an amount in minor units still counts them.
"""

USUAL = 2
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_OTHERS = {code: count for codes, count in ((_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()}


def decimals(currency: str) -> int:
    """Of a code of three capital letters; two where the list does not say otherwise."""
    return _OTHERS.get(currency, USUAL)
