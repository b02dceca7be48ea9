"""Every component in every state, on one page: to look at, and for the tests of pictures.

    python -m watchword.desktop.look.gallery [--scheme contrast] [--text 150]

Its texts are samples, in one language.
"""
