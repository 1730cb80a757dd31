// SPDX-License-Identifier: EUPL-1.2

package synth

// What is given when a tumour returns and the usual therapies are used up.
var (
	paclitaxelWeekly      = &regimen{protocol: "Paclitaxel mono", kind: "CH", substances: "L01CD01", days: 120}
	paclitaxelRamucirumab = &regimen{protocol: "Paclitaxel/Ramucirumab", kind: "CI", substances: "L01CD01 L01FG02", days: 140}
	liposomalIrinotecan   = &regimen{protocol: "NAPOLI", kind: "CH", substances: "L01BC02 V03AF03", words: "Irinotecan nanoliposomal pegyliert", days: 110}
	cabozantinib          = &regimen{protocol: "Cabozantinib mono", kind: "ZS", substances: "L01EX07", days: 210}
	trifluridine          = &regimen{protocol: "Trifluridin/Tipiracil", kind: "CH", substances: "L01BC59", days: 100}
	topotecan             = &regimen{protocol: "Topotecan mono", kind: "CH", substances: "L01CE01", days: 84}
	liposomalDoxorubicin  = &regimen{protocol: "PEG-Doxorubicin mono", kind: "CH", words: "Doxorubicin PEG-liposomal", days: 140}
	pei                   = &regimen{protocol: "PEI", kind: "CH", substances: "L01XA01 L01CB01 L01AA06", days: 84}
	rDhap                 = &regimen{protocol: "R-DHAP", kind: "CI", substances: "L01FA01 L01XA01 L01BC01 H02AB02", days: 63}
	dhap                  = &regimen{protocol: "DHAP", kind: "CH", substances: "L01XA01 L01BC01 H02AB02", days: 63}
	eribulin              = &regimen{protocol: "Eribulin mono", kind: "CH", substances: "L01XX41", days: 120}
)
