"""Primes of the usual random seed: finding them is a tenth of what starting an estate takes.

They are what `keys` finds by itself; a test holds them against it.
"""

from __future__ import annotations

# By random seed, in the order in which they are looked for.
KNOWN: dict[int, tuple[int, ...]] = {
    1: tuple(
        int(digits, 16)
        for digits in (
            "f3ce0404e19889728b2ff0d043b2e97b01a97106476ca2fa892411487ae0d64a"
            "7be5cd2d90a61a383cab7cd18644c63a5d491956cd6725bf144e57f50a71a56d"
            "3c04eaadfa5d0d18a8a03c2f51f136c9d7728a758d5572854682fe487d8fee3a"
            "b5da2fa7ef81b655a05cc3b3c4af7ae04c4633156ed752c2fecddf9dbce85891",
            "e8d7f6eff02ec67320a712d6089e342680692dab16ab2a65e51408340636b13e"
            "7a69399317ca9d9c2882fac68a6ad5e9dfab77ca677181e8a5a0b7e35647b396"
            "4ccecad837b3f0c3b124976956bebd10d82feaa55ee2cc41cbdd8480b50c9e08"
            "34c6df2579d95f7de046eed646f2d2c215fcedc206b867242444980042cc01c7",
            "f382d4f5ea3a11ad4e243103d61c315eb7578058a9153ae93bad16d7d481e1ff"
            "62f10316d464ecee613ac3c502eabbb9f63977c72a634e3f8ac921d9bb70ece8"
            "6debb3da0d1bd21d92d27d32712b99358579a77f9b633e8d8ece39b0771f49ff"
            "b859bf228cb0128d5173415b2b1f46cc0c529271f9e80d61caad49ae5ad4cc0f",
            "d676cf168aba58f8a5c4c4d5137c13da40b6ee51e093b8c8b3d4861a3e397b14"
            "b8a4b5759e2e2336a03c2a7a4028b210ee1fb5208d52afe882bebc11da5160f0"
            "e4ff9e546d0123eb871df1100dab5393b899988ddbfa447af28361192a11ab7e"
            "d93e2c4d6d168aefdb25f525c59400bc27dbeb2b2bcf96337927d9315b9e8823",
            "d858e9f96944bdd638b50b06851190655e23ac70deebaf69f348185c649e3ae7"
            "5e67c19ead384b0142e1f294bfc9b3554e022643a5a9800ce3d4e22ba52185ce"
            "79f85a3d62ad25da73afd05231ed8fd1215f7eb45402f47f8f573d82ab061c57"
            "e8623623bd6fc10d1517349d95eaafe418eed47b7dd4670103685e68600febe1",
        )
    )
}
