"""The words about SGD on a quadratic: modes, block sums, the next step, alignment, critical steps.

Conventions: H = diag(lambda_1 >= ... >= lambda_d) in its eigenbasis, the first k modes are
dominant, the other M are bulk; g = Hx; the update is x+ = x - eta (Hx + xi) with E xi = 0 and
Var xi_l = sigma_l^2. Alignment is the *squared* cosine a = D/(D+B). Along a run g_l^2 stands for
E g_l(t)^2. Source: arXiv 2601.11789, abstract; notation is our formalisation.
"""

from __future__ import annotations

import sympy

from theory.language import (
    AFTER,
    BULK,
    DOMINANT,
    constant,
    defined,
    mode_sum,
    mode_word,
    parameter,
    primitive,
)

# --- parameters
eta = parameter("eta", r"\eta", "step size")
k = parameter("k", "k", "number of dominant directions", nonnegative=True)
M = parameter("M", "M", "number of bulk directions", nonnegative=True)
theta = parameter("theta", r"\theta", "a free positive factor", nonnegative=True)
beta = parameter("beta", r"\beta", "momentum factor")
batch_size = parameter("batch_size", "b", "minibatch size", nonnegative=True)
label_noise = parameter("label_noise", r"\sigma_y^2", "variance of the labels", nonnegative=True)
lambda_1 = parameter("lambda_1", r"\lambda_1", "largest eigenvalue")
lambda_k = parameter("lambda_k", r"\lambda_k", "smallest dominant eigenvalue")
lambda_k1 = parameter("lambda_k1", r"\lambda_{k+1}", "largest bulk eigenvalue")
lambda_d = parameter("lambda_d", r"\lambda_d", "smallest bulk eigenvalue")
additive = parameter("additive", r"\text{additive noise}", "the noise does not depend on the state")
t = primitive("t", "t", "number of steps made so far", nonnegative=True)

# --- about one mode
lam = mode_word("lam", r"\lambda_l", "eigenvalue of the mode", nonnegative=True)
g2 = mode_word(
    "g2", "g_l^2", "squared gradient of the mode (its expectation along a run)", nonnegative=True
)
s2 = mode_word("s2", r"\sigma_l^2", "noise variance of the mode", nonnegative=True)
h = mode_word("h", "h_l", "H times the last displacement, of the mode")
g = mode_word("g", "g_l", "gradient of the mode, nonnegative by choice of the eigenvector")
g2_next = mode_word(
    "g2_next", r"E\,g_l^{+2}", "expected squared gradient after one step", nonnegative=True
)
rho = mode_word("rho", r"\rho_l", "contraction of the squared gradient", (1 - eta * lam) ** 2)
c = mode_word("c", "c_l", "stationary squared gradient", eta * lam * s2 / (2 - eta * lam))
excess = mode_word("excess", r"\alpha_l", "squared gradient above its stationary value", g2 - c)

# --- sums over a block
D = mode_sum("D", "D", "dominant gradient energy", DOMINANT, g2)
B = mode_sum("B", "B", "bulk gradient energy", BULK, g2)
m1_D = mode_sum("m1_D", r"m_{1,D}", "dominant sum of lambda g^2", DOMINANT, lam * g2)
m1_B = mode_sum("m1_B", r"m_{1,B}", "bulk sum of lambda g^2", BULK, lam * g2)
m2_D = mode_sum("m2_D", r"m_{2,D}", "dominant sum of lambda^2 g^2", DOMINANT, lam**2 * g2)
m2_B = mode_sum("m2_B", r"m_{2,B}", "bulk sum of lambda^2 g^2", BULK, lam**2 * g2)
s_D = mode_sum("s_D", "s_D", "dominant sum of lambda sigma^2", DOMINANT, lam * s2)
s_B = mode_sum("s_B", "s_B", "bulk sum of lambda sigma^2", BULK, lam * s2)
n_D = mode_sum("n_D", "n_D", "dominant sum of lambda^2 sigma^2", DOMINANT, lam**2 * s2)
n_B = mode_sum("n_B", "n_B", "bulk sum of lambda^2 sigma^2", BULK, lam**2 * s2)
t_D = mode_sum("t_D", "t_D", "dominant noise variance", DOMINANT, s2)
t_B = mode_sum("t_B", "t_B", "bulk noise variance", BULK, s2)
C_D = mode_sum("C_D", "C_D", "stationary dominant energy", DOMINANT, c, constant=True)
C_B = mode_sum("C_B", "C_B", "stationary bulk energy", BULK, c, constant=True)

# --- one step, computed from the update itself
D_next = primitive("D_next", r"E\,D^+", "expected dominant energy after one step", nonnegative=True)
B_next = primitive("B_next", r"E\,B^+", "expected bulk energy after one step", nonnegative=True)
AFTER.update({D: D_next, B: B_next})
loss_D = mode_sum("loss_D", r"L_D", "dominant part of the loss", DOMINANT, g2 / (2 * lam))
loss_B = mode_sum("loss_B", r"L_B", "bulk part of the loss", BULK, g2 / (2 * lam))
loss_D_next = primitive(
    "loss_D_next", r"E\,L_D^+", "expected dominant loss after one step", nonnegative=True
)
loss_B_next = primitive(
    "loss_B_next", r"E\,L_B^+", "expected bulk loss after one step", nonnegative=True
)
AFTER.update({loss_D: loss_D_next, loss_B: loss_B_next})

# --- alignment and what governs its change
G = defined("G", "G", "gradient energy", D + B, nonnegative=True)
a = defined("a", "a", "alignment (squared): share of the gradient energy that is dominant", D / G)
G_next = defined(
    "G_next",
    r"E\,G^+",
    "expected gradient energy after one step",
    D_next + B_next,
    nonnegative=True,
)
a_next = defined(
    "a_next", "a^+", "alignment after one step, as a ratio of expectations", D_next / G_next
)
S = defined(
    "S",
    "S",
    "cross difference whose sign is that of the change of alignment",
    D_next * B - D * B_next,
)
p = defined("p", "p", "curvature contrast weighted by energy", m1_D * B - D * m1_B)
q = defined(
    "q", "q", "contrast of squared curvature and noise", (m2_D + n_D) * B - D * (m2_B + n_B)
)
eta_star = defined("eta_star", r"\eta^*", "critical step size (meaningful when q > 0)", 2 * p / q)
q_0 = defined("q_0", "q_0", "contrast of squared curvature, noise left out", m2_D * B - D * m2_B)
eta_star_0 = defined(
    "eta_star_0", r"\eta^*_0", "critical step size if there were no noise", 2 * p / q_0
)
r_D = defined("r_D", "r_D", "mean dominant curvature", m1_D / D)
r_B = defined("r_B", "r_B", "mean bulk curvature", m1_B / B)
Delta_r = defined("Delta_r", r"\Delta_r", "contrast of mean curvature", r_D - r_B)
Delta_s = defined("Delta_s", r"\Delta_s", "contrast of mean squared curvature", m2_D / D - m2_B / B)
X = defined("X", "X", "noisy dominant curvature", (m1_D + s_D) / D)
Y = defined("Y", "Y", "noisy bulk curvature", (m1_B + s_B) / B)
eta_dom = defined(
    "eta_dom", r"\eta_{\mathrm{dom}}", "step beyond which the dominant loss rises", 2 / X
)
eta_bulk = defined(
    "eta_bulk", r"\eta_{\mathrm{bulk}}", "step beyond which the bulk loss rises", 2 / Y
)
eta_full = defined(
    "eta_full",
    r"\eta_{\mathrm{full}}",
    "step beyond which the loss rises",
    2 * G / (m1_D + s_D + m1_B + s_B),
)
a_inf = defined("a_inf", r"a_\infty", "stationary alignment", C_D / (C_D + C_B))
rho_k1 = defined(
    "rho_k1", r"\rho_{k+1}", "contraction of the sharpest bulk mode", (1 - eta * lambda_k1) ** 2
)
turn_time = constant(
    "turn_time", r"t^\dagger", "first time at which alignment does not fall", nonnegative=True
)


def threshold(contrast: sympy.Expr, dominant: sympy.Expr, bulk: sympy.Expr) -> sympy.Expr:
    """Root in [0, 1] of contrast*a*(1-a) + dominant*(1-a) - bulk*a, in the form that never cancels.

    Source: SA-4 (our formalisation). The three arguments are Delta*G, and the two noise sums.
    """
    b = contrast - dominant - bulk
    root = sympy.sqrt(b**2 + 4 * contrast * dominant)
    return sympy.Piecewise((2 * dominant / (root - b), b < 0), ((b + root) / (2 * contrast), True))


a_star = defined(
    "a_star",
    "a^*",
    "alignment above which no step size raises it",
    threshold(Delta_s * G, n_D, n_B),
)
a_hat = defined(
    "a_hat",
    r"\hat a",
    "alignment that the given step size leaves unchanged",
    threshold((Delta_s - 2 * Delta_r / eta) * G, n_D, n_B),
)
a_P = defined(
    "a_P",
    "a_P",
    "alignment above which the projection interval is empty",
    threshold(Delta_r * G, s_D, s_B),
)


# --- one step that moves a single block (SA-14)
loss_after_dominant_step = primitive(
    "loss_after_dominant_step",
    r"E\,L(x-\eta P_D(g+\xi))",
    "expected loss after a step projected on the dominant directions",
    nonnegative=True,
)
loss_after_bulk_step = primitive(
    "loss_after_bulk_step",
    r"E\,L(x-\eta P_B(g+\xi))",
    "expected loss after a step projected on the bulk directions",
    nonnegative=True,
)
loss = defined("loss", "L", "loss above its minimum", loss_D + loss_B, nonnegative=True)
loss_next = defined(
    "loss_next",
    r"E\,L^+",
    "expected loss after one step",
    loss_D_next + loss_B_next,
    nonnegative=True,
)
eta_opt = defined(
    "eta_opt", r"\eta_{\mathrm{opt}}", "step that lowers the expected loss most", eta_full / 2
)

# --- a run that moves a single block (TS-6)
loss_after_dominant_steps = primitive(
    "loss_after_dominant_steps",
    r"E\,L_{\mathrm{Dom}}",
    "expected loss where the steps so far were projected on the dominant directions",
    nonnegative=True,
)
loss_after_bulk_steps = primitive(
    "loss_after_bulk_steps",
    r"E\,L_{\mathrm{Bulk}}",
    "expected loss where the steps so far were projected on the bulk directions",
    nonnegative=True,
)

# --- how ill-conditioned is ill-conditioned enough (SA-15)
noise_level = defined(
    "noise_level", r"\sigma^2", "mean noise variance per direction", (t_D + t_B) / (k + M)
)
tau = defined("tau", r"\tau", "noise variance per direction over gradient energy", noise_level / G)
noise_ratio = defined(
    "noise_ratio", "N", "total noise variance over gradient energy", (t_D + t_B) / G
)
kappa = defined("kappa", r"\kappa", "ratio of the eigenvalues at the gap", lambda_k / lambda_k1)
kappa_min = defined(
    "kappa_min",
    r"\kappa_{\min}",
    "ratio of eigenvalues beyond which the projection interval is not empty",
    (1 + M * tau / (1 - a)) / (1 + k * tau / a),
)

# --- heavy ball: y = g + beta h is the gradient where momentum alone would carry the state
y2 = g2 + 2 * beta * g * h + beta**2 * h**2
y2_D = mode_sum("y2_D", "y_{2,D}", "dominant energy where momentum alone leads", DOMINANT, y2)
y2_B = mode_sum("y2_B", "y_{2,B}", "bulk energy where momentum alone leads", BULK, y2)
gy_D = mode_sum("gy_D", "(gy)_D", "dominant sum of lambda g y", DOMINANT, lam * (g2 + beta * g * h))
gy_B = mode_sum("gy_B", "(gy)_B", "bulk sum of lambda g y", BULK, lam * (g2 + beta * g * h))
c_0 = defined("c_0", "c_0", "cross difference if the step size were zero", y2_D * B - D * y2_B)
p_1 = defined("p_1", "p'", "curvature contrast against the direction of momentum",
              gy_D * B - D * gy_B)  # fmt: skip

# --- a run, split into stationary levels and excesses (SA-8 to SA-13)
E_D = mode_sum("E_D", r"\mathcal E_D", "dominant energy above stationary", DOMINANT, excess)
E_B = mode_sum("E_B", r"\mathcal E_B", "bulk energy above stationary", BULK, excess)
RE_D = mode_sum("RE_D", r"\mathcal E_D'", "dominant excess a step later", DOMINANT, rho * excess)
RE_B = mode_sum("RE_B", r"\mathcal E_B'", "bulk excess a step later", BULK, rho * excess)
RRE_D = mode_sum(
    "RRE_D", r"\mathcal E_D''", "dominant excess two steps later", DOMINANT, rho**2 * excess
)
RRE_B = mode_sum("RRE_B", r"\mathcal E_B''", "bulk excess two steps later", BULK, rho**2 * excess)
c1_D = mode_sum(
    "c1_D", "c_{1,D}", "stationary dominant sum of lambda g^2", DOMINANT, lam * c, constant=True
)
c1_B = mode_sum(
    "c1_B", "c_{1,B}", "stationary bulk sum of lambda g^2", BULK, lam * c, constant=True
)
c2_D = mode_sum(
    "c2_D",
    "c_{2,D}",
    "stationary dominant sum of lambda^2 g^2",
    DOMINANT,
    lam**2 * c,
    constant=True,
)
c2_B = mode_sum(
    "c2_B", "c_{2,B}", "stationary bulk sum of lambda^2 g^2", BULK, lam**2 * c, constant=True
)
e2_B = mode_sum("e2_B", "e_{2,B}", "bulk sum of lambda^2 times the excess", BULK, lam**2 * excess)
P = defined("P", "P", "what raises alignment: falling bulk excess", C_D * (E_B - RE_B))
N = defined(
    "N",
    "N",
    "what lowers alignment: falling dominant excess, and excesses falling at different speed",
    C_B * (E_D - RE_D) + E_D * RE_B - RE_D * E_B,
)
W = defined("W", "W", "its sign is that of a_inf - a", C_D * E_B - C_B * E_D)
rho_k = defined(
    "rho_k", r"\rho_k", "contraction of the flattest dominant mode", (1 - eta * lambda_k) ** 2
)
rho_d = defined(
    "rho_d", r"\rho_d", "contraction of the flattest bulk mode", (1 - eta * lambda_d) ** 2
)
rho_gap = defined(
    "rho_gap",
    r"\varrho",
    "every dominant contraction is at least this far below every bulk one",
    eta * (lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1)),
)
rho_max = constant(
    "rho_max", r"\rho_{\max}", "largest contraction among dominant modes", nonnegative=True
)
rho_min = constant(
    "rho_min", r"\rho_{\min}", "smallest contraction among dominant modes", nonnegative=True
)
D_crit = defined(
    "D_crit",
    r"D_{\mathrm{crit}}",
    "dominant energy above which alignment falls first",
    eta * n_D / ((lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1))),
)
eta_larger = defined("eta_larger", r"\eta'", "a larger step size", eta * (1 + theta))
c_larger = mode_word(
    "c_larger",
    "c_l'",
    "stationary squared gradient with the larger step size",
    eta_larger * lam * s2 / (2 - eta_larger * lam),
)
C_D_larger = mode_sum(
    "C_D_larger", "C_D'", "stationary dominant energy, larger step", DOMINANT, c_larger,
    constant=True,
)  # fmt: skip
C_B_larger = mode_sum(
    "C_B_larger", "C_B'", "stationary bulk energy, larger step", BULK, c_larger, constant=True
)

# --- the threshold a* when one of the sums that it is made of is 1 + theta times as large (SA-4)
a_star_contrast = defined(
    "a_star_contrast",
    r"a^*_{(1+\theta)\Delta_s}",
    "a* if the contrast of mean squared curvature were 1 + theta times as large",
    threshold((1 + theta) * Delta_s * G, n_D, n_B),
)
a_star_dominant = defined(
    "a_star_dominant",
    r"a^*_{(1+\theta)n_D}",
    "a* if the dominant noise were 1 + theta times as large",
    threshold(Delta_s * G, (1 + theta) * n_D, n_B),
)
a_star_bulk = defined(
    "a_star_bulk",
    r"a^*_{(1+\theta)n_B}",
    "a* if the bulk noise were 1 + theta times as large",
    threshold(Delta_s * G, n_D, (1 + theta) * n_B),
)

# --- what is left of each block's loss (SA-17)
excess_loss = mode_word(
    "excess_loss", r"\alpha_l/(2\lambda_l)", "loss of the mode above stationary", excess / (2 * lam)
)
excess_loss_D = mode_sum(
    "excess_loss_D", r"\mathcal L_D", "dominant loss above stationary", DOMINANT, excess_loss
)
excess_loss_B = mode_sum(
    "excess_loss_B", r"\mathcal L_B", "bulk loss above stationary", BULK, excess_loss
)

# --- Gaussian least squares: noise that depends on the state (SA-20)
least_squares = parameter(
    "least_squares",
    r"\text{Gaussian least squares, constant step}",
    "the noise is that of fresh Gaussian minibatches, and the step size is constant",
)
xx = mode_word("xx", r"\lambda_l x_l^2", "twice the loss of the mode", g2 / lam, nonnegative=True)
xx_D = mode_sum("xx_D", r"2L_D", "twice the dominant loss", DOMINANT, xx)
xx_B = mode_sum("xx_B", r"2L_B", "twice the bulk loss", BULK, xx)
residual = defined(
    "residual", "R", "mean squared residual of a sample", xx_D + xx_B + label_noise,
    nonnegative=True,
)  # fmt: skip
h2_D = mode_sum("h2_D", "H_{2,D}", "dominant sum of lambda^2", DOMINANT, lam**2, constant=True)
h2_B = mode_sum("h2_B", "H_{2,B}", "bulk sum of lambda^2", BULK, lam**2, constant=True)
h3_D = mode_sum("h3_D", "T_D", "dominant sum of lambda^3", DOMINANT, lam**3, constant=True)
h3_B = mode_sum("h3_B", "T_B", "bulk sum of lambda^3", BULK, lam**3, constant=True)
damping = mode_word(
    "damping",
    "d_l",
    "what one step removes from the squared gradient, over eta lambda/b",
    2 * batch_size - eta * lam * (batch_size + 1),
)
level = mode_word("level", "w_l", "stationary squared gradient, up to a factor", lam**2 / damping)
level_D = mode_sum("level_D", "W_D", "dominant stationary energy, up to a factor", DOMINANT, level,
                   constant=True)  # fmt: skip
level_B = mode_sum(
    "level_B", "W_B", "bulk stationary energy, up to the same factor", BULK, level, constant=True
)
feedback = mode_word(
    "feedback", "f_l", "share of the residual that the mode feeds back", eta * lam / damping
)
feedback_D = mode_sum("feedback_D", "F_D", "residual fed back by the dominant modes", DOMINANT,
                      feedback, constant=True)  # fmt: skip
feedback_B = mode_sum(
    "feedback_B", "F_B", "residual fed back by the bulk modes", BULK, feedback, constant=True
)
a_stationary = constant(
    "a_stationary",
    r"a_\infty(b)",
    "alignment of the state that one step of least squares reproduces",
)
a_stationary_twice = constant(
    "a_stationary_twice", r"a_\infty(2b)", "the same with a batch twice as large"
)
K_DD = defined(
    "K_DD",
    "K_{DD}",
    "dominant energy after a step per dominant energy (two levels)",
    (1 - eta * lambda_k) ** 2 + (1 + k) * eta**2 * lambda_k**2 / batch_size,
)
K_DB = defined(
    "K_DB",
    "K_{DB}",
    "dominant energy after a step per bulk energy (two levels)",
    k * eta**2 * lambda_k**3 / (batch_size * lambda_k1),
)
K_BD = defined(
    "K_BD",
    "K_{BD}",
    "bulk energy after a step per dominant energy (two levels)",
    M * eta**2 * lambda_k1**3 / (batch_size * lambda_k),
)
K_BB = defined(
    "K_BB",
    "K_{BB}",
    "bulk energy after a step per bulk energy (two levels)",
    (1 - eta * lambda_k1) ** 2 + (1 + M) * eta**2 * lambda_k1**2 / batch_size,
)
rho_slow = defined(
    "rho_slow",
    r"\rho_1",
    "largest factor by which one step multiplies a state (two levels)",
    (K_DD + K_BB + sympy.sqrt((K_DD - K_BB) ** 2 + 4 * K_DB * K_BD)) / 2,
)
K_contrast = defined(
    "K_contrast",
    r"\Delta_K",
    "how much better the dominant block keeps energy than the bulk (two levels)",
    K_DD - K_BB - K_DB + K_BD,
)
a_slow = defined(
    "a_slow",
    r"a_1",
    "alignment of the state that one step multiplies most (two levels, no label noise)",
    threshold(K_contrast, K_DB, K_BD),
)
q_share = defined("q_share", "Q(a)", "q over the squared energy", q / G**2)
q_theta = defined(
    "q_theta",
    r"Q(\theta)",
    "q/G^2 in the state with the same block shapes and energy, and alignment theta",
    (1 + 1 / batch_size) * Delta_s * theta * (1 - theta)
    + (theta * xx_D / D + (1 - theta) * xx_B / B + label_noise / G)
    * (h3_D * (1 - theta) - h3_B * theta)
    / batch_size,
)
q_slope = defined(
    "q_slope",
    r"Q'(a,\theta)",
    "how fast q/G^2 crosses zero between the alignments a and theta",
    (
        (1 - a) * (1 - theta) * (xx_B / B + label_noise / G) * h3_D
        + a * theta * (xx_D / D + label_noise / G) * h3_B
    )
    / batch_size,
)

# --- stepping by the critical step size of every state (SA-18)
a_N = defined(
    "a_N", "a_N", "share of the dominant directions in the noise of a step", n_D / (n_D + n_B)
)
a_L = defined("a_L", "a_L", "stationary alignment of small steps", s_D / (s_D + s_B))
noise_pull = defined(
    "noise_pull", "w", "contrast of noise, per share of the energy", n_D / a - n_B / (1 - a)
)
odds_ratio = defined("odds_ratio", "R", "odds of a over odds of a_L", a * s_B / ((1 - a) * s_D))
eta_fixed = defined(
    "eta_fixed",
    r"\hat\eta",
    "step size for which the alignment is stationary",
    2 * (odds_ratio - 1) / (odds_ratio * lambda_k - lambda_k1),
)
cooling = defined(
    "cooling",
    r"\theta_w",
    "critical step size over gradient energy, where there is little energy",
    2 * (lambda_k - lambda_k1) / noise_pull,
)
cooling_rate = defined(
    "cooling_rate",
    "c",
    "rate at which 1/G grows, where there is little energy",
    2 * cooling * (a * lambda_k + (1 - a) * lambda_k1) - cooling**2 * (n_D + n_B),
)

# --- the random ratio R = D+/G+ itself; where G+ = 0 it counts as theta/(1 + theta) (SA-7)
E_R = primitive("E_R", r"E\,R", "expectation of the ratio R = D+/G+", nonnegative=True)
V_D = primitive("V_D", "V_D", "variance of the dominant energy after a step", nonnegative=True)
V_B = primitive("V_B", "V_B", "variance of the bulk energy after a step", nonnegative=True)
V_G = primitive("V_G", r"\mathrm{Var}\,G^+", "variance of the energy after a step",
                nonnegative=True)  # fmt: skip
C_DB = primitive("C_DB", "C_{DB}", "covariance of dominant and bulk energy after a step")
C_RG = primitive("C_RG", r"\mathrm{Cov}(R,G^+)", "covariance of the ratio and the energy")
remainder = primitive("remainder", r"\mathrm{rem}", "E[(R - a+) (G+/E G+ - 1)^2]")
cv2 = defined("cv2", r"\mathrm{cv}^2", "squared variation of the energy after a step",
              V_G / G_next**2)  # fmt: skip
b_1 = defined(
    "b_1",
    "b_1",
    "second-order difference of E R and the ratio of expectations",
    (a_next * V_B - (1 - a_next) * V_D + (2 * a_next - 1) * C_DB) / G_next**2,
)
