"""Every displayed formula, definition and statement of the paper, and what became of it.

The text that was available is a workshop version without figures. Places are those of that text:
(Q1), (1), (2), Definitions 1, 2 and 4 (there is no Definition 3: Remark 3 shares the counter),
Phenomena 1 to 3, and displays named by their section. Source: arXiv 2405.16002.
"""

from __future__ import annotations

from theory.audit import Printed

AUDIT = (
    Printed(
        "section 1",
        r"k\text{ classes: }k\text{ eigenvalues much larger than the others}",
        "needs a hypothesis",
        ("TS-28", "TS-30"),
        "in a linear model k equal ones, if the features are not centred; weak in a small network",
    ),
    Printed(
        "section 1, (Q1)",
        r"\text{can networks be trained within the dominant subspace?}",
        "experiment",
        ("TS-31", "TS-6", "TS-14"),
        "a question; its answer is Phenomenon 2",
    ),
    Printed(
        "section 2, Definition 1",
        r"\mathcal S_k(\theta):=\mathrm{span}\{u_i(\theta):i\in[k]\}",
        "needs a hypothesis",
        ("TS-1",),
        "unique only where lambda_k > lambda_{k+1}; ties inside the block do no harm",
    ),
    Printed(
        "section 2, Definition 2",
        r"P_k(\theta):=\sum_{i=1}^k u_iu_i^\top,\quad P_k^\perp:=I-P_k,\quad v=P_kv+P_k^\perp v",
        "needs a hypothesis",
        ("TS-1",),
        "the same gap",
    ),
    Printed(
        "section 2, Definition 2",
        r"\chi_k(v;\theta):=\|P_k(\theta)v\|_2/\|v\|_2,\quad \chi_k=0\text{ if }v=0",
        "holds",
        ("TS-1",),
        "a ratio of lengths, not of squared lengths; not continuous at v = 0",
    ),
    Printed(
        "section 2, Phenomenon 1",
        r"\chi_k(\nabla L(\theta_t))\text{ quickly reaches and remains near }1",
        "holds approximately",
        ("TS-10", "TS-11", "TS-13", "TS-30"),
        "in the toy quadratic in mean and median, above a threshold of step size and noise, not "
        "uniformly in time; in a small network after hundreds of steps, at one step size",
    ),
    Printed(
        "section 3.1, (1)",
        r"L(\theta_{t+1})-L(\theta_t)\approx\langle\nabla L,\Delta\rangle"
        r"+\tfrac12\Delta^\top\nabla^2L\,\Delta",
        "holds approximately",
        ("TS-2",),
        "an equation for quadratics, else up to M |Delta|^3/6 with M-Lipschitz Hessian",
    ),
    Printed("section 3.1", r"\theta_{t+1}\leftarrow\theta_t-\eta g_t", "definition", ("TS-3",), ""),
    Printed(
        "section 3.1, (2)",
        r"E\langle\nabla L,-\eta g_t\rangle=-\eta\|\nabla L\|^2<0",
        "needs a hypothesis",
        ("TS-3",),
        "E[g_t | theta_t] = grad L, which fails inside a reshuffled epoch, and grad L not zero",
    ),
    Printed(
        "section 3.1",
        r"\text{a nearly monotone loss suggests that the gradient correlation dominates the "
        r"second-order error}",
        "false as said",
        ("TS-16P", "TS-16"),
        "in the toy quadratic the loss decreases while the second-order term is 99.7 % of it",
    ),
    Printed(
        "section 3.1, Dom-SGD",
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k(\theta_t)g_t",
        "definition",
        ("TS-5", "TS-6", "TS-14"),
        "",
    ),
    Printed(
        "section 3.1, display after Dom-SGD",
        r"E\langle\nabla L,-\eta P_kg_t\rangle\approx-\eta\|\nabla L\|^2",
        "holds approximately",
        ("TS-4",),
        "exactly chi_k^2 times the right-hand side: 0.9025 of it where chi_k = 0.95",
    ),
    Printed(
        "section 3.2",
        r"\text{switch when the moving average of }\chi_k\text{ (factor }0.9\text{) exceeds }0.95",
        "needs a hypothesis",
        ("TS-29",),
        "the start of the average is not given: started at chi_0 the switch can come at step 0",
    ),
    Printed(
        "sections 3.2 and 3.3",
        r"\text{the dominant component is the majority of }g_t",
        "experiment",
        ("TS-31",),
        "seen of the full gradient, in the mean along Dom-SGD; not examined of the single g_t",
    ),
    Printed(
        "section 3.3, Bulk-SGD",
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k^\perp(\theta_t)g_t",
        "definition",
        ("TS-5", "TS-6", "TS-14"),
        "",
    ),
    Printed(
        "section 3.3, Phenomenon 2",
        r"\text{Dom-SGD does not lower the loss; Bulk-SGD is as effective as SGD}",
        "needs a hypothesis",
        ("TS-6", "TS-14", "TS-31"),
        "exact for additive noise from a stationary dominant block; in the toy quadratic the "
        "second half holds for a limited time only",
    ),
    Printed(
        "appendix A.1",
        r"\chi_k(\nabla L)\text{ becomes }0\text{ as soon as SGD gives way to GD, and conversely}",
        "holds approximately",
        ("TS-8", "TS-32"),
        "SGD to GD in some 1/(eta lambda_1) steps, GD to SGD in one step",
    ),
    Printed(
        "appendices A.1 and G.1",
        r"\text{along GD with a small step }\chi_k(\nabla L)\text{ reaches and remains near }0",
        "needs a hypothesis",
        ("TS-7", "TS-32"),
        "on quadratics a step size below 2/(lambda_1+lambda_d), at a geometric rate",
    ),
    Printed(
        "appendix A.1, Remark 3",
        r"\text{small learning rates: the loss decreases monotonically along GD}",
        "needs a hypothesis",
        ("TS-7",),
        "monotone decrease is not enough for the alignment to vanish: between "
        "2/(lambda_1+lambda_d) and 2/lambda_1 it tends to 1",
    ),
    Printed(
        "appendix A.1, Phenomenon 3",
        r"\text{the alignment is due to stochastic noise}",
        "needs a hypothesis",
        ("TS-7", "TS-8", "TS-32"),
        "small step sizes: without any noise larger ones align the gradient, see Remark 3",
    ),
    Printed(
        "appendix A.2",
        r"L=\tfrac12(1000x^2+y^2),\ \ell_{1,2}=L\pm100xy,\ L=\tfrac12(\ell_1+\ell_2)",
        "holds",
        ("TS-9",),
        "both samples are indefinite, since 100^2 > 1000",
    ),
    Printed(
        "appendix A.2",
        r"\theta^{\mathrm{GD}}_{t+1}\leftarrow\theta^{\mathrm{GD}}_t-\eta\nabla L,\quad"
        r"\theta^{\mathrm{SGD}}_{t+1}\leftarrow\theta^{\mathrm{SGD}}_t-\eta\nabla\ell_k",
        "definition",
        ("TS-9",),
        "",
    ),
    Printed(
        "appendix A.2",
        r"\chi_1(\nabla L)=|\langle\nabla L,e_1\rangle|/\|\nabla L\|_2,\quad"
        r"\lambda_1=1000,\ \lambda_2=1",
        "holds",
        ("TS-1", "TS-13"),
        "agrees with Definition 2",
    ),
    Printed(
        "appendix A.2",
        r"x_t\text{ quickly converges to }0\text{ in both trajectories}",
        "false as said",
        ("TS-10P", "TS-10", "TS-14"),
        "true of GD; under SGD E x^2 follows E y^2 at a fixed ratio",
    ),
    Printed(
        "appendix A.2",
        r"\text{both trajectories stay close to the }y\text{-axis}",
        "holds approximately",
        ("TS-10",),
        "under SGD the root mean square of x tends to .023 times that of y with the paper's "
        "numbers",
    ),
    Printed(
        "appendix A.2",
        r"\chi_1\text{ is near }0\text{ along GD and stays close to }1\text{ along SGD}",
        "holds approximately",
        ("TS-7", "TS-13"),
        "along SGD in mean and median; 1 % of the time it is below .285",
    ),
    Printed(
        "appendix A.2",
        r"\text{Dom-SGD moves along }x\text{ only, hence training stops}",
        "holds approximately",
        ("TS-14",),
        "it stops at a fixed part of the loss, which is below 1 if SGD converges",
    ),
    Printed(
        "appendix A.2",
        r"\text{small noise in }x\text{ makes a large gradient, as the loss is ill-"
        r"conditioned}",
        "needs a hypothesis",
        ("TS-11",),
        "noise or step size above a threshold: ill-conditioning alone is not enough",
    ),
    Printed(
        "appendix A.2",
        r"\text{the toy quadratic recovers Phenomena 1 to 3}",
        "holds approximately",
        ("TS-10", "TS-13", "TS-14", "TS-8"),
        "1 in mean and median, 2 for Dom-SGD and, for a limited time, Bulk-SGD, 3 with times",
    ),
    Printed(
        "appendix A.3",
        r"\text{an ill-conditioned valley makes alignment spurious}",
        "needs a hypothesis",
        ("TS-17",),
        "noise in the steep direction, and a floor that descends",
    ),
    Printed(
        "appendix B.1",
        r"\lambda_1\text{ saturates at the stability threshold }2/\eta",
        "holds approximately",
        ("TS-18", "TS-19", "TS-34"),
        "2/eta is the threshold of gradient descent; on the exact orbit lambda_1 is a little above",
    ),
    Printed(
        "appendix B.1",
        r"\text{at the edge gradients align; Dom-GD does not train, Bulk-GD trains like GD}",
        "holds approximately",
        ("TS-19", "TS-20", "TS-34"),
        "exact for the part of the gradient along the flat direction; Dom-GD lowers the loss once",
    ),
    Printed(
        "appendix B.1, Dom-GD and Bulk-GD",
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k\nabla L,\quad"
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k^\perp\nabla L",
        "definition",
        ("TS-20", "TS-34"),
        "",
    ),
    Printed(
        "appendix B.2",
        r"\theta_{t+1}\leftarrow\theta_t-\eta\nabla L(\theta_t+\rho\nabla L/\|\nabla L\|_2)",
        "definition",
        ("TS-21", "TS-23"),
        "undefined where the gradient vanishes",
    ),
    Printed(
        "appendix B.2, SAM-edge",
        r"\tfrac{\|\nabla L\|}{2\rho}\bigl(\sqrt{1+8/(\eta\|\nabla L\|)}-1\bigr)",
        "misprint",
        ("TS-21P", "TS-21"),
        "units do not agree: the radius rho is missing under the root",
    ),
    Printed(
        "appendix B.2",
        r"\text{SAM-edge is a decreasing function of the norm of the gradient}",
        "misprint",
        ("TS-22P", "TS-22"),
        "it increases, from 0 to 2/eta; only so does it decrease while gradients shrink",
    ),
    Printed(
        "appendix B.2",
        r"\text{sharpness saturates near the SAM-edge, and updates of SAM align}",
        "holds approximately",
        ("TS-21", "TS-23", "TS-35"),
        "on the cycle of a quadratic exactly, with the edge repaired",
    ),
    Printed(
        "appendix B.2",
        r"\text{Dom-SAM does not lower the loss, unlike SAM and Bulk-SAM}",
        "holds approximately",
        ("TS-23", "TS-35"),
        "on the cycle Dom-SAM leaves the bulk as it is, and Bulk-SAM contracts it",
    ),
    Printed(
        "appendix B.2, Dom-SAM and Bulk-SAM",
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k\nabla L(\cdot),\quad"
        r"\theta_{t+1}\leftarrow\theta_t-\eta P_k^\perp\nabla L(\cdot)",
        "definition",
        ("TS-23", "TS-35"),
        "",
    ),
    Printed(
        "appendix C, Definition 4",
        r"\eta^{\mathrm{dom}}_t:=\langle\theta_{t+1}-\theta_t,P_k\nabla L\rangle/"
        r"\|P_k\nabla L\|^2,\ \eta^{\mathrm{bulk}}_t\text{ likewise}",
        "misprint",
        ("TS-24P", "TS-24"),
        "the minus sign is missing: gradient descent would have the rate -eta",
    ),
    Printed(
        "appendix C, three examples",
        r"\text{GD: }(\eta,\eta);\ \text{Dom-GD: }(\eta,0);\ \text{Bulk-GD: }(0,\eta)",
        "holds",
        ("TS-24",),
        "with the sign repaired, where the blocks of the gradient are not zero",
    ),
    Printed(
        "appendix C",
        r"\text{momentum and adaptive methods amplify Bulk-LR}",
        "needs a hypothesis",
        ("TS-25", "TS-26", "TS-27", "TS-36"),
        "momentum without damping factor, flat modes, after a transient; sign-type updates in the "
        "eigenbasis",
    ),
    Printed(
        "appendix C",
        r"\text{Phenomenon 1 no longer holds with momentum or Adam; Phenomenon 2 does}",
        "experiment",
        ("TS-36",),
        "the gradient of Adam stays aligned without momentum; Phenomenon 2 is not examined "
        "for them",
    ),
    Printed(
        "appendices C and H",
        r"\text{Bulk-LR goes with training speed, unlike Dom-LR, and is the larger of the two}",
        "experiment",
        ("TS-36", "TS-37"),
        "the order of four optimisers; too few to test a correlation",
    ),
    Printed(
        "appendix C, Table 1",
        r"\text{GD}(-m):\ .0100\ (.0000),\ .0100\ (.0000)",
        "holds",
        ("TS-24", "TS-36"),
        "with the sign repaired",
    ),
    Printed(
        "appendix C, Table 1",
        r"\text{the rows GD}(+m)\text{, Adam}(-m)\text{, Adam}(+m)",
        "experiment",
        ("TS-26", "TS-36", "TS-37"),
        "the order is compatible and seen in another network; the numbers cannot be had here",
    ),
    Printed(
        "appendix G.2",
        r"\|\theta^{\mathrm{GD}}_t-\theta^{\mathrm{SGD}}_t\|\ll"
        r"\|\theta^{\mathrm{GD}}_t-\theta_0\|\approx\|\theta^{\mathrm{SGD}}_t-\theta_0\|",
        "holds approximately",
        ("TS-15", "TS-33"),
        "for the paper's noise; not for seven times as much",
    ),
    Printed(
        "appendix G.2",
        r"\text{GD and SGD both track gradient flow if the step is small}",
        "holds approximately",
        ("TS-15",),
        "with additive noise the distance of SGD from GD vanishes like the root of the step "
        "size; that GD tends to gradient flow is classical and not examined",
    ),
    Printed(
        "appendix G.3",
        r"\text{at a switch the loss and the eigenvalues change smoothly}",
        "experiment",
        ("TS-32",),
        "of the loss: less than 5 % in two steps; eigenvalues are not examined",
    ),
    Printed(
        "appendix G.4",
        r"\text{SGD and Bulk-SGD move away from the switch alike, and much faster than Dom-"
        r"SGD}",
        "experiment",
        ("TS-33",),
        "Bulk-SGD as far as SGD, Dom-SGD a ninth of it",
    ),
    Printed(
        "appendix G.4",
        r"\text{the distance from the switch saturates for Dom-SGD}",
        "experiment",
        ("TS-33",),
        "it stays small; that it saturates was not seen",
    ),
    Printed(
        "appendices E, F, H and all figures",
        r"\text{larger networks, other losses and data, Tables 2 and 3}",
        "experiment",
        ("TS-37",),
        "not verifiable here",
    ),
)
